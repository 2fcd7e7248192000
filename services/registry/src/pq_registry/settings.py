"""What the registry is told from outside."""

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from pq_common.settings import CommonSettings


class Settings(CommonSettings):
    model_config = SettingsConfigDict(env_prefix="REGISTRY_", frozen=True, extra="ignore")

    sealing_secret: SecretStr
    """Seals personal codes; at least 16 characters. Lost, the codes are lost: keep it apart from the data."""
