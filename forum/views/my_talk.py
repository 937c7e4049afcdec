"""What I see in Talk: what stands open, what stands beside my name. Nobody else learns of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from forum import actions
from forum.forms.my_talk import WhatISeeForm
from forum.views.doors import member_of, members_only


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def what_i_see(request: HttpRequest) -> HttpResponse:
    """Choose which content notes stand open, and the relation beside one's name."""
    me = member_of(request)
    if request.method != "POST":
        form = WhatISeeForm(initial={"unfolds": me.unfolds, "relation": me.relation})
        return render(request, "forum/what_i_see.html", {"form": form})
    form = WhatISeeForm(request.POST)
    if not form.is_valid():
        return render(request, "forum/what_i_see.html", {"form": form}, status=422)
    actions.choose_what_i_see(
        by=me, unfolds=form.cleaned_data["unfolds"], relation=form.cleaned_data["relation"]
    )
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("what_i_see"))
