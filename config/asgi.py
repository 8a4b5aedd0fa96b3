import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()

from sandbox.frames.parts import warm_up  # noqa: E402  only now are the apps ready

warm_up()
