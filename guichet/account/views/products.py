"""Somebody's products: what they are, adding, naming, removing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guichet.access import open_while_registering
from guichet.account import actions, pages, policy
from guichet.account.forms import NameForm
from guichet.design.forms import Form
from guichet.registration.requests import browser_of, hash_of, hashed, remember
from guichet.signon.requests import PersonRequest, SignedOnRequest


@require_safe
def products(request: PersonRequest) -> HttpResponse:
    """All of them, the one in use first, those that were removed last."""
    return render(request, "account/products/list.html", pages.products(request.sign_on))


def add(request: PersonRequest) -> HttpResponse:
    """What happens when one adds a product; the button leads to sign-on with it."""
    form = Form(request.POST if request.method == "POST" else None)
    browser = browser_of(request)
    if not form.submit(actions.begin_addition, request.sign_on, browser_hash=hashed(browser)):
        return render(request, "account/products/add.html", {"form": form})
    back = urlencode({"next": reverse("account:confirm_product")})
    return remember(redirect(f"{reverse('signon:products')}?{back}"), browser)


@open_while_registering
def confirm(request: SignedOnRequest) -> HttpResponse:
    """Signed on with another product: whose names, and the question whether to add it."""
    session, browser = request.sign_on, hash_of(request)
    added = policy.addition(session, browser)
    if session.person is not None and (added is None or session.person == added.person):
        messages.info(request, _("This product opens your account already."))
        return redirect("account:products")
    if added is None or not policy.may_add(session, added.person):
        refusal = actions.cannot_be_added() if added else actions.addition_over()
        return render(request, "account/products/not_added.html", {"refusal": refusal})
    form = Form(request.POST if request.method == "POST" else None)
    if form.submit(actions.add_product, session, browser_hash=browser):
        messages.success(request, _("The product is added. You are logged in with it now."))
        return redirect("account:products")
    context = {"form": form, "rows": pages.names_compared(session.credential, added.person)}
    return render(request, "account/products/confirm.html", context)


def name(request: PersonRequest, credential_id: UUID) -> HttpResponse:
    """Call a product something."""
    credential = policy.credential(request.person, credential_id)
    form = NameForm(request.POST or None, initial={"label": credential.label})
    if form.submit(actions.name_product, request.person, credential=credential):
        messages.success(request, _("The name is saved."))
        return redirect("account:products")
    return render(request, "account/products/name.html", {"form": form, "product": credential})


def remove(request: PersonRequest, credential_id: UUID) -> HttpResponse:
    """What is lost with a product, and the button that removes it."""
    credential = policy.credential(request.person, credential_id)
    form = Form(request.POST if request.method == "POST" else None)
    if form.submit(actions.remove_product, request.sign_on, credential=credential):
        messages.success(request, _("The product is removed. It opens your account no longer."))
        return redirect("account:products")
    why_not = pages.why_not_removed(request.sign_on, credential)
    context = {
        "form": None if why_not and not form.errors else form,
        "product": pages.product_row(credential, request.sign_on),
        "lost": actions.lost_with(credential),
        "why_not": why_not,
    }
    return render(request, "account/products/remove.html", context)


@require_POST
def bring_back(request: PersonRequest, credential_id: UUID) -> HttpResponse:
    """Use a removed product again."""
    credential = policy.credential(request.person, credential_id)
    actions.bring_back_product(request.sign_on, credential=credential)
    messages.success(request, _("The product opens your account again."))
    return redirect("account:products")
