"""What one can do with spaces, one module an act."""

from guichet.spaces.actions.appointing import (
    consent_to_appointment,
    drop_appointment,
    propose_administrator,
    waiting_appointments,
)
from guichet.spaces.actions.asking import (
    ask_for_role,
    decline,
    grant,
    join,
    tell_of_request,
    withdraw_request,
)
from guichet.spaces.actions.certifying import (
    enter_code,
)
from guichet.spaces.actions.changing import (
    change_company,
    change_my_address,
    change_space,
    describe_company,
)
from guichet.spaces.actions.closing import (
    bin_space,
    bring_back,
    delete_space,
    leave,
    merger_in_the_way,
    remind_of_purges,
    take_for_purge,
    to_be_purged,
)
from guichet.spaces.actions.ending import (
    end_certification,
    end_certifications_of,
    give_up,
    revoke_agent,
    revoke_certification,
)
from guichet.spaces.actions.exporting import (
    export,
)
from guichet.spaces.actions.inviting import (
    accept_invitation,
    bears_the_name,
    confirm_name,
    forget_invitations,
    invite,
    refuse_invitation,
    withdraw_invitation,
)
from guichet.spaces.actions.inviting import (
    ask_again as ask_for_new_invitation,
)
from guichet.spaces.actions.inviting import (
    resend as resend_invitation,
)
from guichet.spaces.actions.looking_up import (
    find_spaces,
    look_into,
    read_appointment,
)
from guichet.spaces.actions.making_codes import (
    make_agent_code,
    make_code,
    revoke_agent_code,
    revoke_code,
)
from guichet.spaces.actions.members import (
    change_member,
    leave_space,
    remove_member,
)
from guichet.spaces.actions.moving import (
    HINDRANCES,
    KINDS,
    foresee,
    hand_over,
    hindrances,
)
from guichet.spaces.actions.opening import (
    choose_company,
    complete_company,
    discard_draft,
    find_company,
    forget_drafts,
    open_private,
    open_professional,
    save_company,
    save_name,
    set_aside,
    start_professional,
    type_company,
)
from guichet.spaces.actions.reading import (
    Reading,
    contest,
    open_contests,
    read_company,
    withdraw_contest,
)
from guichet.spaces.actions.services import (
    load_services,
)

__all__ = [
    "HINDRANCES",
    "KINDS",
    "Reading",
    "accept_invitation",
    "ask_for_new_invitation",
    "ask_for_role",
    "bears_the_name",
    "bin_space",
    "bring_back",
    "change_company",
    "change_member",
    "change_my_address",
    "change_space",
    "choose_company",
    "complete_company",
    "confirm_name",
    "consent_to_appointment",
    "contest",
    "decline",
    "delete_space",
    "describe_company",
    "discard_draft",
    "drop_appointment",
    "end_certification",
    "end_certifications_of",
    "enter_code",
    "export",
    "find_company",
    "find_spaces",
    "foresee",
    "forget_drafts",
    "forget_invitations",
    "give_up",
    "grant",
    "hand_over",
    "hindrances",
    "invite",
    "join",
    "leave",
    "leave_space",
    "load_services",
    "look_into",
    "make_agent_code",
    "make_code",
    "merger_in_the_way",
    "open_contests",
    "open_private",
    "open_professional",
    "propose_administrator",
    "read_appointment",
    "read_company",
    "refuse_invitation",
    "remind_of_purges",
    "remove_member",
    "resend_invitation",
    "revoke_agent",
    "revoke_agent_code",
    "revoke_certification",
    "revoke_code",
    "save_company",
    "save_name",
    "set_aside",
    "start_professional",
    "take_for_purge",
    "tell_of_request",
    "to_be_purged",
    "type_company",
    "waiting_appointments",
    "withdraw_contest",
    "withdraw_invitation",
    "withdraw_request",
]
