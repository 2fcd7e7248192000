"""What every service is told from outside; read once by ``__main__``, handed down as one frozen value."""

from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from pq_common.contracts.event import Mode

PositiveInt = Annotated[int, Field(gt=0)]
PositiveSeconds = Annotated[float, Field(gt=0)]


class CommonSettings(BaseSettings):
    """Settings that all services share. A service subclasses this and sets its ``env_prefix``."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: SecretStr
    """The service's database, as its API role. Parsed by SQLAlchemy: PostgresDsn refuses a socket folder."""
    worker_database_url: SecretStr | None = None
    """The same database as the worker role; needed by ``work`` and ``job``."""
    owner_database_url: SecretStr | None = None
    """The same database as its owner; needed by ``migrate`` alone."""
    database_pool_size: PositiveInt = 5

    bus: Literal["postgres", "kafka"] = "postgres"
    bus_url: SecretStr | None = None
    kafka_bootstrap: str | None = None
    kafka_replication: PositiveInt = 1
    """Copies of each topic that we declare; 3 on a real cluster."""
    kafka_security: dict[str, Any] = Field(default={}, repr=False)
    """Options of the client for SASL and TLS (a JSON object), as aiokafka names them."""

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

    otlp_endpoint: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
