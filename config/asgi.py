import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from infra.private_apis.asgi_handler import Handler  # noqa: E402  only now are the apps ready
from sandbox.pages.run.fragments import warm_up  # noqa: E402

application = Handler()
warm_up()
