"""Signs authors in, and reads pages of the admin."""

import re
from html import unescape

from django.contrib.auth.models import Permission, User
from django.test import Client


def signed_in(*permissions, **who):
    user = User.objects.create_user("ann", is_staff=True, **who)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def content(client, address):
    """Returns the page without header and footer."""
    return page(client, address).split('id="content-main"')[1]
