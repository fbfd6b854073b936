"""The Python client against the server: appends, reads, subscriptions, deletion. Arguments: connection string, file of the authority or '-'."""
import sys
from uuid import uuid4

from esdbclient import EventStoreDBClient, NewEvent, StreamState
from esdbclient.exceptions import NotFound, WrongCurrentVersion, StreamIsDeleted

uri, authority = sys.argv[1:]
certificates = None if authority == "-" else open(authority).read()
client = EventStoreDBClient(uri=uri, root_certificates=certificates)


def happened(kind):
    return NewEvent(type=kind, data=b'{"text": "hello"}', metadata=b'{"by": "ann"}', id=uuid4())


stream = "room-python"
first = client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=[happened("one"), happened("two")])
assert first > 0, first
try:
    client.append_to_stream(stream, current_version=StreamState.NO_STREAM, events=[happened("other")])
    raise AssertionError("a stream that is there was taken for none")
except WrongCurrentVersion:
    pass
client.append_event(stream, current_version=1, event=happened("three"))

assert [event.type for event in client.get_stream(stream)] == ["one", "two", "three"]
assert [event.type for event in client.get_stream(stream, backwards=True, limit=2)] == ["three", "two"]
assert client.get_current_version(stream) == 2
assert [event.type for event in client.read_all(filter_include=["^two$"])] == ["two"]
event = client.get_stream(stream)[0]
assert (event.data, event.metadata) == (b'{"text": "hello"}', b'{"by": "ann"}')
try:
    client.get_stream("nowhere")
    raise AssertionError("a missing stream was found")
except NotFound:
    pass

with client.subscribe_to_all(filter_include=["one", "two", "three", "four"]) as subscription:
    client.append_event(stream, current_version=2, event=happened("four"))
    seen = []
    for event in subscription:
        seen.append(event.type)
        if event.type == "four":
            break
assert seen == ["one", "two", "three", "four"], seen

client.create_subscription_to_stream("pushers", stream)
with client.read_subscription_to_stream("pushers", stream) as consumer:
    for event in consumer:
        consumer.ack(event)
        if event.type == "four":
            break
assert client.get_subscription_info("pushers", stream).group_name == "pushers"
client.delete_subscription("pushers", stream)

metadata, version = client.get_stream_metadata(stream)
client.set_stream_metadata(stream, metadata={"$maxCount": 1}, current_version=version)
assert len(client.get_stream(stream)) == 1

client.delete_stream(stream, current_version=3)
client.tombstone_stream(stream, current_version=StreamState.ANY)
try:
    client.get_stream(stream)
    raise AssertionError("a tombstoned stream was read")
except StreamIsDeleted:
    pass

client.close()
print("ok")
