"""A test world of invented authorities and INSECURE keys.

Nothing here may meet real transcripts.
"""

from hocba_sign.testing.identity import CertificateAuthority, Identity
from hocba_sign.testing.server import ServerFault, WorldServer
from hocba_sign.testing.staff import staff
from hocba_sign.testing.world import World

__all__ = ["CertificateAuthority", "Identity", "ServerFault", "World", "WorldServer", "staff"]
