"""What the bodies of this service have in common."""

from typing import Annotated

from pydantic import Field

Year = Annotated[str, Field(pattern="^(19|20)[0-9]{2}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
ShortText = Annotated[str, Field(min_length=1, max_length=100)]
