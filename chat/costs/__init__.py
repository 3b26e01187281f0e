"""What requests to models cost: priced, summed by day, and held against limits."""

from chat.costs.charging import bounded, charge
from chat.costs.pricing import prices_of

__all__ = ["bounded", "charge", "prices_of"]
