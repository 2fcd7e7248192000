"""What the TFP service is told from outside."""

from pydantic_settings import SettingsConfigDict

from pq_common.settings import CommonSettings, PositiveInt, PositiveSeconds


class Settings(CommonSettings):
    model_config = SettingsConfigDict(env_prefix="TFP_", frozen=True, extra="ignore")

    compute_processes: PositiveInt = 2
    """Processes that compute beside the server; each is started when it is first needed."""
    compute_memory_bytes: PositiveInt = 2 * 1024**3
    """Address space of each of them at most."""
    compute_queue: PositiveInt = 32
    """Computations that may wait for a process; the next one is answered 503."""
    compute_sync_seconds: PositiveSeconds = 5.0
    compute_sync_bytes: PositiveInt = 5 * 1024**2
    """What takes longer, or is larger, becomes a job."""
    compute_job_seconds: PositiveSeconds = 600.0
    compute_repeats: PositiveInt = 2000
    """Draws of a bootstrap, or starts of a search, that one computation may ask for; more is refused."""
    max_compute_bytes: PositiveInt = 20 * 1024**2
    compute_requests_per_minute: PositiveInt = 60
    compute_open: bool = False
    """True: engines that are not closed-form need no token either; for an instance of one's own."""
