"""What a service publishes: the log (outbox, history and replay source in one) and the relay that sends it on.

The relay is in `shared.event_log.relay`, its nameko face in `shared.event_log.provider`; they are not imported from
here, so that appending needs neither a broker library nor nameko.
"""

from shared.event_log.epochs import Begun
from shared.event_log.epochs import begin as begin_epoch
from shared.event_log.erasure import erase
from shared.event_log.log import CHANNEL, Head, NewEvent, Written, append, head, read

__all__ = ["CHANNEL", "Begun", "Head", "NewEvent", "Written", "append", "begin_epoch", "erase", "head", "read"]
