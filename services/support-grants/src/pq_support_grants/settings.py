"""What support-grants is told from outside."""

from pydantic_settings import SettingsConfigDict

from pq_common.settings import CommonSettings


class Settings(CommonSettings):
    model_config = SettingsConfigDict(env_prefix="SUPPORT_GRANTS_", frozen=True, extra="ignore")
