"""Settings. Everything an operator changes is an environment variable, read here and only here."""

from datetime import timedelta
from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from guichet.config import keys

env = environ.Env()

ROOT = Path(__file__).resolve().parents[2]

# Where the embedded default keeps its database, keys and files.
DATA = Path(env.str("GUICHET_DATA", str(ROOT / "var"))).resolve()
DATA.mkdir(parents=True, exist_ok=True)

# A demonstration has an invented cast, shows their Tokens and mails, and may move the clock.
DEMO = env.bool("GUICHET_DEMO", False)
DEBUG = False
# The folder that an author is writing in: set by `author_settings` alone, for `procedures preview`.
AUTHOR_FOLDER = ""
AUTHOR_VERSION = 0  # the newest

# --- What the portal is called and where it stands
SITE_NAME = env.str("GUICHET_SITE_NAME", "MyGuichet.lu")
SITE_URL = env.str("GUICHET_SITE_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip("/")
SECURE = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("GUICHET_HOSTS", default=["127.0.0.1", "localhost"])
# How many reverse proxies stand in front; the client's address is counted from the right.
PROXIES = env.int("GUICHET_PROXIES", 0)

# --- Secrets: given by the operator, or made once under DATA
SECRET_KEY = env.str("GUICHET_SECRET_KEY", "") or keys.text(DATA / "keys" / "secret")
SEALING_KEYS = keys.sealing(env.str("GUICHET_SEALING_KEYS", ""), DATA / "keys" / "sealing")
INDEX_KEY = keys.index(env.str("GUICHET_INDEX_KEY", ""), DATA / "keys" / "index")

# --- What the portal vouches with: the key of its receipts, and the certificate of its electronic seal
RECEIPT_KEYS = keys.receipts(
    env.str("GUICHET_RECEIPT_KEY", ""),
    env.str("GUICHET_RECEIPT_OLD_KEYS", ""),
    DATA / "keys" / "receipts.pem",
)
ESEAL_IS_OURS = not env.str("GUICHET_ESEAL", "")
ESEAL = keys.eseal(
    env.str("GUICHET_ESEAL", ""),
    env.str("GUICHET_ESEAL_PASSWORD", ""),
    DATA / "keys" / "eseal.p12",
    name=SITE_NAME,
)
# Who confirms the time of what was published (RFC 3161); a demonstration brings its own authority.
TIMESTAMP_AUTHORITY = env.str(
    "GUICHET_TIMESTAMP_URL", f"{SITE_URL}/fr/demo/timestamps/" if DEMO else ""
)
TIMESTAMP_TRUST = env.str("GUICHET_TIMESTAMP_TRUST", str(DATA / "keys" / "timestamps.pem"))
TIMESTAMP_USER = env.str("GUICHET_TIMESTAMP_USER", "")
TIMESTAMP_PASSWORD = env.str("GUICHET_TIMESTAMP_PASSWORD", "")

# --- Rooms
INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "guichet.design",
    "guichet.audit",
    "guichet.jobs",
    "guichet.files",
    "guichet.proofs",
    "guichet.post",
    "guichet.persons",
    "guichet.registers",
    "guichet.signon",
    "guichet.spaces",
    "guichet.registration",
    "guichet.procedures",
    "guichet.content",
    "guichet.desk",
    "guichet.account",
    "django.forms",  # the widgets' own templates, for `design.forms.Renderer`; ours come first
]
if DEMO:
    INSTALLED_APPS.append("guichet.demo")

AUTH_USER_MODEL = "persons.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "guichet.config.urls"
WSGI_APPLICATION = "guichet.config.wsgi.application"

MIDDLEWARE = [
    "guichet.config.middleware.Headers",
    "guichet.config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "guichet.signon.middleware.SignedOn",
    "guichet.registration.gate.Entry",
    "django.contrib.messages.middleware.MessageMiddleware",
    "guichet.content.errors.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "guichet.design.context.page",
                "guichet.spaces.context.switch",
            ],
            "builtins": ["django.templatetags.i18n", "guichet.design.templatetags.design"],
        },
    }
]
FORM_RENDERER = "guichet.design.forms.Renderer"

# --- Database: embedded SQLite, or PostgreSQL for a country
DATABASES = {"default": env.db_url("GUICHET_DATABASE_URL", f"sqlite:///{DATA / 'guichet.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["ENGINE"] = "guichet.config.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY;"  # KiB, for each thread
        ),
    }
    # Each thread keeps its connection: opening one costs more than most pages' queries.
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("GUICHET_DATABASE_CONN_MAX_AGE", 600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Work for later
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "OPTIONS": {"id_function": "guichet.ids.new_id"},
    }
}
JOBS_SCHEDULE = "guichet.config.schedule.SCHEDULE"
# Figures are for this machine only; True lets whoever reaches the server read them.
METRICS_OPEN = env.bool("GUICHET_METRICS_OPEN", False)

# --- Languages: French first; every list of languages is read from here
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("de", "Deutsch"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "langue"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
FORMAT_MODULE_PATH = ["guichet.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("GUICHET_TIME_ZONE", "Europe/Luxembourg")

# --- Static files
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA / "files")},
    },
    "staticfiles": {"BACKEND": env.str("GUICHET_STATIC_STORAGE", "guichet.config.statics.Hashed")},
}
WHITENOISE_MAX_AGE = 300

# --- Cookies, headers
_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE = f"{_PREFIX}session"
SESSION_COOKIE_SECURE = SECURE
VISIT_COOKIE = f"{_PREFIX}visit"
ATTEMPT_COOKIE = f"{_PREFIX}attempt"
BROWSER_COOKIE = f"{_PREFIX}browser"
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "guichet.content.errors.csrf"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SECURE else []
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked for behind the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = ["guichet.config.uploads.NoFiles"]

# --- Papers: the virus scanner, `/run/clamav/clamd.ctl` or `host:port`; without one, papers wait
CLAMD = env.str("GUICHET_CLAMD", "")
# Lines of the health page that keep nobody away from the portal.
HEALTH_NOTES = {
    "scanner": "guichet.files.scanning.keeps_up",
    "timestamps": "guichet.proofs.actions.keeps_up",
}

# --- Sign-on
SIGNON_PRODUCTS = ["guichet.signon.products.token.Token"]
SIGNON_TOKEN_PROVIDER = env.str("GUICHET_TOKEN_PROVIDER", "LuxTrust")  # named on the pages
# Sign-on begun from one address in ten minutes; more where many people share an address.
SIGNON_TRIES_PER_ADDRESS = env.int("GUICHET_SIGNON_TRIES_PER_ADDRESS", 60)
PASSWORD_COST_KIB = 19 * 1024  # memory of one argon2id hash
SESSION_IDLE = timedelta(minutes=30)
SESSION_WARNING = timedelta(minutes=25)
SESSION_LIMIT = timedelta(hours=12)

# --- Registers: one connector each; the demonstration's know the cast
POPULATION_REGISTER = env.str(
    "GUICHET_POPULATION_REGISTER", "guichet.registers.invented.InventedPopulation"
)
BUSINESS_REGISTER = env.str(
    "GUICHET_BUSINESS_REGISTER", "guichet.registers.invented.InventedBusinesses"
)

# --- Spaces
PROFESSIONAL_SPACES_PER_CREDENTIAL = env.int("GUICHET_SPACES_PER_CREDENTIAL", 200)

# --- Procedures: folders of definitions, see docs/how-to/add-a-procedure.md
PROCEDURES = [
    Path(folder) for folder in env.list("GUICHET_PROCEDURES", default=[str(ROOT / "procedures")])
]

# --- Mail and letters
EMAIL_HOST = env.str("GUICHET_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.int("GUICHET_SMTP_PORT", 8025)
EMAIL_HOST_USER = env.str("GUICHET_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.str("GUICHET_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.bool("GUICHET_SMTP_STARTTLS", False)
EMAIL_TIMEOUT = 10
# Where mails come back to; each has an address of its own, `name+…@domain`. Empty: to the sender.
BOUNCES = env.str("GUICHET_BOUNCES", "")
# Keys that sign mails, by selector; without one, mails leave unsigned.
DKIM_KEYS = keys.dkim(env.str("GUICHET_DKIM", ""))
DEFAULT_FROM_EMAIL = env.str("GUICHET_MAIL_FROM", "MyGuichet.lu <ne-pas-repondre@guichet.example>")

# --- Who runs the portal and how to reach them. An operator gives its own; these are invented
OPERATOR = env.str("GUICHET_OPERATOR", "Centre de démonstration du Guichet")
SUPPORT_PHONE = env.str("GUICHET_SUPPORT_PHONE", "+352 0000-0000")
SUPPORT_EMAIL = env.str("GUICHET_SUPPORT_EMAIL", "aide@guichet.example")
# Where a contested value of a register is announced.
REGISTER_CONTACT = env.str("GUICHET_REGISTER_CONTACT", SUPPORT_EMAIL)
SUPPORT_HOURS = env.str("GUICHET_SUPPORT_HOURS", "8:00-18:00")  # Monday to Friday
COUNTER_ADDRESS = env.str("GUICHET_COUNTER_ADDRESS", "1, allée du Guichet; L-0000 Luxembourg")
COUNTER_HOURS = env.str("GUICHET_COUNTER_HOURS", "8:00-17:00")
SECURITY_CONTACT = env.str("GUICHET_SECURITY_CONTACT", "mailto:securite@guichet.example")
SOURCE_URL = env.str("GUICHET_SOURCE_URL", "")  # where the software's source is published

# --- Logs: one JSON object a line, an identifier per request, no personal value
LOGGING_CONFIG = "guichet.config.logs.configure"
LOGGING = {"level": env.str("GUICHET_LOG_LEVEL", "INFO")}

# X-Frame-Options is set by `config.middleware.Headers`, for files too.
SILENCED_SYSTEM_CHECKS = ["security.W002"]

DEMO_TITLE = _("Demonstration, not the official site")
