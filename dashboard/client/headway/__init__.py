"""The name under which programs import the client: `import headway`."""

from dashboard.client import Client, Refused, Sent

__all__ = ["Client", "Refused", "Sent"]
