"""What is being asked of the State, and what was."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guichet import clock, sealing
from guichet.files.models import File, Upload
from guichet.ids import new_id
from guichet.persons.models import Person
from guichet.proofs.models import Receipt
from guichet.spaces.models import Space


class PublishedVersion(models.Model):
    """A version of a procedure as it was published: never changed, kept as long as it is used.

    `source` is the whole of it, definition, texts and the digests of its files, so that drafts and
    cases can be drawn again when its folder is gone. `digest` is SHA-256 of that, see
    `definitions.form.digest_of`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    source = models.JSONField()
    published_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "number"], name="a_version_is_published_once"
            )
        ]


class EnclosedFile(models.Model):
    """A picture, film or form of a published version: its bytes, kept as long as the version."""

    version = models.ForeignKey(PublishedVersion, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=66)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="an_enclosed_name_once")
        ]


class DraftQuerySet(models.QuerySet["Draft"]):
    def open(self) -> "DraftQuerySet":
        """Neither sent nor thrown away, and not older than drafts are kept."""
        return self.filter(sent_at=None, discarded_at=None, kept_until__gt=clock.now())

    def waiting(self) -> "DraftQuerySet":
        """Signed by whoever sends, not yet by all who have to."""
        return self.open().exclude(presented_at=None)


class Draft(models.Model):
    """A procedure that is being filled in. It belongs to its space, not to whoever began it.

    Everything typed stands in `content`, sealed. `revision` grows with each save. Once whoever
    sends has signed and others have to, it is presented: what they sign is `presented_digest`,
    and nothing can be changed until that is taken back.
    """

    IN_THE_BIN = timedelta(days=30)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="drafts")
    version = models.ForeignKey(PublishedVersion, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField()  # comes with the form that begins it: sent twice, it is one draft
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=clock.now)
    # Whoever saved it last besides `saved_by`: two who fill it in together see each other.
    also_saved_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    also_saved_at = models.DateTimeField(null=True, blank=True)
    kept_until = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    content_sealed = models.BinaryField()
    presented_at = models.DateTimeField(null=True, blank=True)
    presented_digest = models.CharField(max_length=64, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    # Of which version somebody was told that it ends, and of which `kept_until`: told once each.
    told_closing = models.PositiveIntegerField(null=True, blank=True)
    told_forgotten = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["space", "key"], name="one_draft_per_beginning"),
            models.CheckConstraint(
                condition=Q(presented_at=None, presented_digest="")
                | (Q(presented_at__isnull=False) & ~Q(presented_digest="")),
                name="what_is_presented_has_a_digest",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(discarded_at=None),
                name="what_was_sent_is_not_thrown_away",
            ),
        ]
        indexes = [models.Index(fields=["space", "-saved_at"], name="procedure_draft_by_space")]

    @property
    def content(self) -> "Content":
        """What was typed so far."""
        return Content.unsealed(bytes(self.content_sealed))

    @property
    def is_open(self) -> bool:
        """Can be filled in, signed or thrown away."""
        return not self.sent_at and not self.discarded_at and clock.now() < self.kept_until

    @property
    def is_presented(self) -> bool:
        """Waits for the signature of others."""
        return self.presented_at is not None and self.sent_at is None


class Content:
    """What a draft holds. All maps are by path: "born", "children/r1/born".

    - `answers`: what could be read, as JSON, see `filling`;
    - `typed`: what could not, exactly as it came: lists of texts by the name of the input;
    - `touched`: the revision that changed a path last; a row's own ("children/r1") removed it;
    - `disputed`: what people typed over something newer, a list by path: to be chosen between;
    - `sources`: where a value came from that nobody typed;
    - `set_aside`: what no question of this version takes, see `carrying`: lists, the oldest first.
    """

    _CONTEXT = "procedures.Draft.content"
    PARTS = ("answers", "typed", "touched", "disputed", "sources", "set_aside")

    def __init__(self, **parts: dict[str, Any]) -> None:
        self.answers = parts.get("answers", {})
        self.typed = parts.get("typed", {})
        self.touched = parts.get("touched", {})
        self.disputed = parts.get("disputed", {})
        self.sources = parts.get("sources", {})
        self.set_aside = parts.get("set_aside", {})

    @classmethod
    def unsealed(cls, sealed: bytes) -> "Content":
        """From the column. Raises `sealing.Unreadable`."""
        return cls(**json.loads(sealing.unseal(sealed, context=cls._CONTEXT)))

    def sealed(self) -> bytes:
        """For the column."""
        whole = {part: getattr(self, part) for part in self.PARTS}
        return sealing.seal(json.dumps(whole), context=self._CONTEXT)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def live(self) -> "AttachmentQuerySet":
        """Not taken away, with their files, in the order in which they were attached."""
        return self.filter(removed_at=None).select_related("file").order_by("attached_at", "pk")


class Attachment(models.Model):
    """A paper that somebody put beside a question. Goes with its draft; was sent with its case."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="attachments")
    path = models.CharField(max_length=130)  # of its question, "lease" or "children/r1/birth"
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    attached_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    upload_id = models.UUIDField(null=True, blank=True, unique=True)  # that it came with

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["draft", "path"], name="attachment_by_question")]


class Sending(models.Model):
    """A paper on its way to a question of a draft, piece by piece."""

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, primary_key=True)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="sendings")
    path = models.CharField(max_length=130)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")


class SignatureQuerySet(models.QuerySet["Signature"]):
    def live(self) -> "SignatureQuerySet":
        """Asked for or given; neither refused nor withdrawn."""
        return self.filter(refused_at=None, withdrawn_at=None)

    def asked(self) -> "SignatureQuerySet":
        """Waiting for somebody, within its time."""
        return self.live().filter(signed_at=None, asked_at__gt=clock.now() - Signature.VALIDITY)


class Signature(models.Model):
    """Somebody's signature under exactly `digest`, or the wait for it.

    Of one signer there is one that lives for a draft: the database holds that. What was signed
    with, at which level, in which session, is kept with it.
    """

    VALIDITY = timedelta(days=30)
    SENDER = "sender"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="signatures")
    signer = models.CharField(max_length=40)  # the definition's code, or SENDER
    # Who has to sign. None when a space that had signed was deleted: the signature remains.
    space = models.ForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)  # of a refusal, in the signer's words
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # who signed or refused
    product = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    session = models.UUIDField(null=True, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "signer"],
                condition=Q(refused_at=None, withdrawn_at=None),
                name="one_live_signature_per_signer",
            ),
            models.UniqueConstraint(
                fields=["draft", "person"],
                condition=Q(signed_at__isnull=False, withdrawn_at=None),
                name="nobody_signs_twice",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(refused_at=None),
                name="a_signature_is_given_or_refused",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, refused_at=None) | Q(person__isnull=False),
                name="a_signature_says_whose_it_is",
            ),
        ]
        indexes = [models.Index(fields=["space", "asked_at"], name="signature_by_space")]

    @property
    def expires_at(self) -> datetime:
        """Until when it can be given."""
        return self.asked_at + self.VALIDITY

    @property
    def state(self) -> str:
        """signed, refused, withdrawn, expired or asked."""
        for name in ("withdrawn", "signed", "refused"):  # what was taken back counts no more
            if getattr(self, f"{name}_at"):
                return name
        return "expired" if clock.now() >= self.expires_at else "asked"


class Submission(models.Model):
    """What was sent, exactly as it was. One for each draft; its reference is given once.

    `digest` is SHA-256 of `Presented.canonical`: the version, the answers, the files, the space.
    It is what was signed and what the receipt names. The database refuses to change it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.OneToOneField(
        Draft, on_delete=models.PROTECT, null=True, blank=True, related_name="submission"
    )
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="submissions")
    version = models.ForeignKey(PublishedVersion, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=14, unique=True)  # 2026-0471-1837
    digest = models.CharField(max_length=64)
    answers_sealed = models.BinaryField()
    language = models.CharField(max_length=8)
    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)  # of the receipt's digests; goes when the case goes
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=clock.now)

    REFERENCE = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}", re.ASCII)
    _CONTEXT = "procedures.Submission.answers"

    class Meta:
        indexes = [models.Index(fields=["space", "-sent_at"], name="submission_by_space")]

    @property
    def answers(self) -> dict[str, Any]:
        """As they were sent."""
        return dict(json.loads(sealing.unseal(self.answers_sealed, context=self._CONTEXT)))

    @classmethod
    def sealed(cls, answers: dict[str, Any]) -> bytes:
        """For the column."""
        return sealing.seal(json.dumps(answers), context=cls._CONTEXT)


class MadePaper(models.Model):
    """A document that we made of what was sent: the slip, the request itself, what was asked for."""

    class Kind(models.TextChoices):
        SLIP = "slip", _("Transmission slip")
        REQUEST = "request", _("What was sent")
        LETTER = "letter", _("The document that was asked for")

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "kind"], name="a_paper_is_made_once")
        ]


class Favourite(models.Model):
    """A procedure that somebody wants to find again at once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    procedure = models.CharField(max_length=40)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "procedure"], name="a_favourite_once")
        ]
