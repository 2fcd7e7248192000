"""What every service is told from outside; read once by ``__main__``, handed down as one frozen value."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from pq_common.contracts.event import Mode

PositiveInt = Annotated[int, Field(gt=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]
FOR_ALL: Final = "PQ_"
"""``PQ_KAFKA_BOOTSTRAP`` tells every service; ``REGISTRY_KAFKA_BOOTSTRAP`` tells one, and wins."""


class Told(BaseSettings):
    """Settings from variables, and from files of the same names in ``_secrets_dir``; a variable wins over a file."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    otlp_endpoint: str | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Add what all services are told to what this one is told."""
        folder = getattr(file_secret_settings, "secrets_dir", None)
        return (
            init_settings,
            env_settings,
            EnvSettingsSource(settings_cls, env_prefix=FOR_ALL),
            file_secret_settings,
            SecretsSettingsSource(settings_cls, folder, env_prefix=FOR_ALL),
        )


class OwnerSettings(Told):
    """What ``migrate`` is told: no key and no bus, so that its process need not hold them."""

    owner_database_url: SecretStr
    """The service's database as its owner."""
    admin_database_url: SecretStr | None = None
    """The server as one who may make roles and databases: ``migrate`` then makes those of the three addresses first.
    Without it they are there already, as operators of clusters make them."""
    database_url: SecretStr | None = None
    worker_database_url: SecretStr | None = None


class CommonSettings(Told):
    """Settings that all services share. A service subclasses this and sets its ``env_prefix``."""

    database_url: SecretStr
    """The service's database, as the role of this process: API or worker. Parsed by SQLAlchemy: PostgresDsn refuses
    a socket folder."""
    worker_database_url: SecretStr | None = None
    """The same database as the worker role, where one process both serves and works."""
    database_pool_size: PositiveInt = 5

    bus: Literal["postgres", "kafka"] = "postgres"
    bus_url: SecretStr | None = None
    kafka_bootstrap: str | None = None
    kafka_replication: PositiveInt = 1
    """Copies of each topic that we declare; 3 on a real cluster."""
    kafka_security: dict[str, Any] = Field(default={}, repr=False)
    """Options of the client for SASL and TLS (a JSON object), as aiokafka names them; the files of TLS are named
    ``cafile``, ``certfile``, ``keyfile`` and ``password``."""
    declare_topics: bool = True
    """False where an operator of the cluster makes the topics: no principal then needs the right to create any."""

    jwks_url: str | None = None
    jwks: dict[str, Any] | None = None
    """Public keys given directly (a JSON object), for a closed network or the development issuer."""
    issuer: str = "https://pq.invalid/issuer"
    audience: str = "pq"
    jwks_max_age_s: PositiveSeconds = 300.0
    jwks_min_refresh_s: PositiveSeconds = 10.0

    mode: Mode = "official"
    poll_interval_s: PositiveSeconds = 0.5
    relay_interval_s: PositiveSeconds = 0.1

    public_requests_per_minute: PositiveInt = 300
    actor_requests_per_minute: PositiveInt = 3000
    failed_logins_per_minute: PositiveInt = 60

    max_body_bytes: PositiveInt = 1024 * 1024
    max_import_bytes: PositiveInt = 5 * 1024 * 1024
    max_import_rows: PositiveInt = 5000
    max_export_bytes: PositiveInt = 64 * 1024 * 1024
    max_json_depth: PositiveInt = 32

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    forwarded_allow_ips: str = "127.0.0.1"
    """Addresses of the proxies whose X-Forwarded-For is believed."""
