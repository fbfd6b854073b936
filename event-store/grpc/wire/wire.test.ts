import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import test from 'ava';
import fc from 'fast-check';
import { TOMBSTONE_REVISION, type StoredEvent } from '../../store.ts';
import { decodeBatchRequest, encodeBatchAppended, encodeBatchFailed } from './batch-append.ts';
import { fromWirePosition, toWirePosition } from './positions.ts';
import { encodeCheckpoint, encodeConfirmation, encodeDelivery, encodeEvent, encodeLastStreamPosition, encodeStreamNotFound } from './read-response.ts';
import { uuidOf } from './uuid.ts';
import { closeMessage, startWriter, writeNumber, writtenBytes } from './writer.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const bytes = fc.uint8Array({ maxLength: 3_000 });
const count = fc.oneof(fc.nat(), fc.maxSafeNat());

const storedEvent: fc.Arbitrary<StoredEvent> = fc.record({
  id: fc.uuid(),
  type: text,
  stream: text,
  contentType: fc.constantFrom('application/json', 'application/octet-stream'),
  data: bytes,
  metadata: bytes,
  revision: count,
  position: fc.nat(),
  created: fc.nat(),
});

test('the generated classes decode an encoded event', (t) => {
  fc.assert(
    fc.property(storedEvent, fc.constantFrom('text', 'structured'), (event, uuids) => {
      const read = streams.ReadResp.deserializeBinary(encodeEvent({ event }, uuids)).getEvent()!;
      const record = read.getEvent()!;
      t.is(uuidOf(record.getId()), event.id);
      t.is(record.getId()!.hasStructured(), uuids === 'structured');
      t.is(Buffer.from(record.getStreamIdentifier()!.getStreamName_asU8()).toString(), event.stream);
      t.is(record.getStreamRevision(), event.revision === TOMBSTONE_REVISION ? '9223372036854775807' : String(event.revision));
      t.deepEqual([read.getCommitPosition(), record.getCommitPosition()], [String(event.position + 1), String(event.position + 1)]);
      t.deepEqual(
        ['type', 'content-type', 'created'].map((key) => record.getMetadataMap().get(key)),
        [event.type, event.contentType, `${BigInt(event.created) * 10_000n}`],
      );
      t.deepEqual([Buffer.from(record.getData_asU8()), Buffer.from(record.getCustomMetadata_asU8())], [Buffer.from(event.data), Buffer.from(event.metadata)]);
      t.false(read.hasLink());
    }),
  );
});

test('a link is encoded with its event or without one, and a delivery with its retry count', (t) => {
  const [event, link] = fc.sample(storedEvent, { numRuns: 2, seed: 7 }) as [StoredEvent, StoredEvent];
  const delivery = persistent.ReadResp.deserializeBinary(encodeDelivery({ event, link }, 'text', 3)).getEvent()!;
  t.is(uuidOf(delivery.getLink()?.getId()), link.id);
  t.is(uuidOf(delivery.getEvent()?.getId()), event.id);
  t.is(delivery.getRetryCount(), 3);
  t.is(delivery.getEvent()?.getCommitPosition(), String(link.position + 1));
  t.false(
    streams.ReadResp.deserializeBinary(encodeEvent({ event: undefined, link }, 'text'))
      .getEvent()!
      .hasEvent(),
  );
});

test('the generated classes decode the other responses of a read', (t) => {
  t.is(streams.ReadResp.deserializeBinary(encodeConfirmation('abc')).getConfirmation()?.getSubscriptionId(), 'abc');
  t.is(streams.ReadResp.deserializeBinary(encodeCheckpoint(41)).getCheckpoint()?.getPreparePosition(), '42');
  t.is(streams.ReadResp.deserializeBinary(encodeLastStreamPosition(300)).getLastStreamPosition(), '300');
  const notFound = streams.ReadResp.deserializeBinary(encodeStreamNotFound('müll')).getStreamNotFound();
  t.is(Buffer.from(notFound!.getStreamIdentifier()!.getStreamName_asU8()).toString(), 'müll');
});

test('a batch encoded by the generated classes is decoded', (t) => {
  const proposed = fc.record({ id: fc.uuid(), type: text, data: bytes, metadata: bytes });
  fc.assert(
    fc.property(text, count, fc.array(proposed, { maxLength: 4 }), fc.boolean(), (stream, revision, events, isFinal) => {
      const options = new streams.BatchAppendReq.Options()
        .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream)))
        .setStreamPosition(String(revision));
      const request = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString('abc')).setOptions(options).setIsFinal(isFinal);
      for (const { id, type, data, metadata } of events) {
        const message = new streams.BatchAppendReq.ProposedMessage().setId(new shared.UUID().setString(id)).setData(data).setCustomMetadata(metadata);
        message.getMetadataMap().set('type', type).set('content-type', 'application/json');
        request.addProposedMessages(message);
      }
      const part = decodeBatchRequest(Buffer.from(request.serializeBinary()));
      t.deepEqual(part.options, { stream, expected: revision, deadline: undefined });
      t.is(part.isFinal, isFinal);
      t.deepEqual(
        part.events.map((event) => ({ ...event, data: Buffer.from(event.data), metadata: Buffer.from(event.metadata) })),
        events.map((event) => ({ ...event, contentType: 'application/json', data: Buffer.from(event.data), metadata: Buffer.from(event.metadata) })),
      );
    }),
  );
});

test('a deadline is a time or a duration', (t) => {
  const withDeadline = (field: number) => {
    const writer = startWriter(100);
    const end = writer.at;
    writeNumber(writer, 2, 250_000_000);
    writeNumber(writer, 1, 1_700_000_000);
    closeMessage(writer, field, end);
    closeMessage(writer, 2, end);
    return decodeBatchRequest(writtenBytes(writer)).options?.deadline;
  };
  t.deepEqual(withDeadline(6), { at: 1_700_000_000_250 });
  t.deepEqual(withDeadline(7), { in: 1_700_000_000_250 });
});

test('the generated classes decode the answers to a batch', (t) => {
  const correlation = Buffer.from(new shared.UUID().setString('abc').serializeBinary());
  const address = { correlation, stream: 'ström' };
  const appended = streams.BatchAppendResp.deserializeBinary(encodeBatchAppended(address, { revision: 7, position: 8 }));
  t.is(appended.getCorrelationId()?.getString(), 'abc');
  t.is(Buffer.from(appended.getStreamIdentifier()!.getStreamName_asU8()).toString(), 'ström');
  t.deepEqual([appended.getSuccess()?.getCurrentRevision(), appended.getSuccess()?.getPosition()?.getCommitPosition()], ['7', '9']);
  const failed = streams.BatchAppendResp.deserializeBinary(encodeBatchFailed(address, { type: 'WrongExpectedVersion', expected: 'no-stream', current: 3 }));
  const details = failed.getError()?.getDetails();
  t.is(details?.getTypeName(), 'event_store.client.WrongExpectedVersion');
  const wrong = details?.unpack((packed: Uint8Array) => shared.WrongExpectedVersion.deserializeBinary(packed), 'event_store.client.WrongExpectedVersion');
  t.true(wrong?.hasExpectedNoStream());
  t.is(wrong?.getCurrentStreamRevision(), '3');
  const nothing = streams.BatchAppendResp.deserializeBinary(encodeBatchAppended(address, { revision: -1, position: -1 }));
  t.true(nothing.getSuccess()?.hasNoStream());
});

test('a truncated or malformed message is refused', (t) => {
  t.throws(() => decodeBatchRequest(Buffer.from([0x1a, 0x05, 1])), { instanceOf: RangeError });
  t.throws(() => decodeBatchRequest(Buffer.alloc(30, 0xff)), { instanceOf: RangeError });
});

test('position 0 of the wire is before the first event, and values beyond the safe integers are the end', (t) => {
  t.is(fromWirePosition('0'), -1);
  t.is(fromWirePosition('18446744073709551615'), 'end');
  fc.assert(fc.property(fc.nat(), (position) => fromWirePosition(String(toWirePosition(position))) === position));
});
