import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { credentials } from '@grpc/grpc-js';
import test from 'ava';
import { once } from 'node:events';
import { startTestServer, type TestServer } from '../test-fixture.ts';
import { uuidOf } from '../wire/uuid.ts';
import { closeMessage, startWriter, writeNumber, writtenBytes } from '../wire/writer.ts';

test('both forms of a correlation id are returned unchanged, each once', async (t) => {
  await using fixture = await startTestServer();
  await using batches = openBatches(fixture);
  const structured = new shared.UUID().setStructured(new shared.UUID.Structured().setMostSignificantBits('-7').setLeastSignificantBits('9'));
  batches.write(part({ correlation: structured, stream: 'a' }));
  batches.write(part({ correlation: textId('b2ab2b8e-90ba-4cb8-ad1b-1a6c3c7d6a30'), stream: 'b' }));
  const answers = await batches.answers(2);
  const ids = answers.map((answer) => uuidOf(answer.getCorrelationId())).sort();
  t.deepEqual(ids, ['b2ab2b8e-90ba-4cb8-ad1b-1a6c3c7d6a30', 'ffffffff-ffff-fff9-0000-000000000009']);
  t.true(answers.every((answer) => answer.hasSuccess()));
});

test('a batch in parts is one append', async (t) => {
  await using fixture = await startTestServer();
  await using batches = openBatches(fixture);
  const correlation = textId('1');
  batches.write(part({ correlation, stream: 'a', events: 2, isFinal: false }));
  batches.write(part({ correlation, events: 3, isFinal: false }));
  batches.write(part({ correlation, events: 1 }));
  const [answer] = await batches.answers(1);
  t.is(answer?.getSuccess()?.getCurrentRevision(), '5');
});

test('a batch past its deadline is answered with a timeout and not appended', async (t) => {
  await using fixture = await startTestServer();
  await using batches = openBatches(fixture);
  batches.write(part({ correlation: textId('1'), stream: 'a', deadlineS: 1 }));
  const [answer] = await batches.answers(1);
  t.is(failure(answer), 'event_store.client.Timeout');
  t.is(fixture.store.readStream('a').outcome, 'not-found');
});

test('a batch that is never finished is answered with a timeout at its deadline', async (t) => {
  await using fixture = await startTestServer();
  await using batches = openBatches(fixture);
  batches.write(part({ correlation: textId('1'), stream: 'a', deadlineS: Math.ceil(Date.now() / 1_000), isFinal: false }));
  const [answer] = await batches.answers(1);
  t.is(failure(answer), 'event_store.client.Timeout');
});

test('an invalid batch is answered with the reason and its stream, and the call continues', async (t) => {
  await using fixture = await startTestServer();
  await using batches = openBatches(fixture);
  const noType = part({ correlation: textId('1'), stream: 'a', events: 0 });
  noType.addProposedMessages(new streams.BatchAppendReq.ProposedMessage());
  batches.write(noType);
  batches.write(part({ correlation: textId('2'), stream: 'a', expected: 'none' }));
  batches.write(part({ correlation: textId('3'), stream: '' }));
  batches.write(part({ correlation: textId('4'), stream: 'ä', events: 3, dataBytes: 400_000 }));
  batches.write(part({ correlation: textId('5'), stream: 'a' }));
  const answers = await batches.answers(5);
  const byId = new Map(answers.map((answer) => [uuidOf(answer.getCorrelationId()), answer]));
  t.deepEqual(
    ['1', '2', '3', '4', '5'].map((id) => failure(byId.get(id))),
    [
      'event_store.client.BadRequest',
      'event_store.client.BadRequest',
      'event_store.client.BadRequest',
      'event_store.client.MaximumAppendSizeExceeded',
      undefined,
    ],
  );
  t.is(Buffer.from(byId.get('4')!.getStreamIdentifier()!.getStreamName_asU8()).toString(), 'ä');
});

test('half-closing the call waits for the remaining answers', async (t) => {
  await using fixture = await startTestServer();
  await using batches = openBatches(fixture);
  for (let n = 0; n < 50; n++) batches.write(part({ correlation: textId(String(n)), stream: `s-${n}` }));
  const ended = batches.end();
  t.is((await batches.answers(50)).length, 50);
  await ended;
});

function openBatches(fixture: TestServer) {
  const { host, port } = fixture.server.address;
  const client = new streamsGrpc.StreamsClient(`${host}:${port}`, credentials.createInsecure());
  const call = client.batchAppend();
  const received: streams.BatchAppendResp[] = [];
  let arrived = () => {};
  call.on('data', (answer: streams.BatchAppendResp) => {
    received.push(answer);
    arrived();
  });
  call.on('error', () => {});
  return {
    write: (request: streams.BatchAppendReq) => void call.write(request),
    answers: async (count: number) => {
      while (received.length < count) await new Promise<void>((resolve) => (arrived = resolve));
      return received;
    },
    end: async () => {
      call.end();
      await once(call, 'end');
    },
    [Symbol.asyncDispose]: async () => {
      call.cancel();
      client.close();
    },
  };
}

type Part = {
  readonly correlation: shared.UUID;
  readonly stream?: string;
  readonly events?: number;
  readonly dataBytes?: number;
  readonly deadlineS?: number;
  readonly expected?: 'any' | 'none';
  readonly isFinal?: boolean;
};

function part({ correlation, stream, events = 1, dataBytes = 10, deadlineS, expected = 'any', isFinal = true }: Part): streams.BatchAppendReq {
  const request = new streams.BatchAppendReq().setCorrelationId(correlation).setIsFinal(isFinal);
  if (stream !== undefined) {
    const options = new streams.BatchAppendReq.Options().setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream)));
    if (expected === 'any') options.setAny(new shared.Empty());
    if (deadlineS !== undefined) options.setDeadline(timestamp(deadlineS));
    request.setOptions(options);
  }
  for (let n = 0; n < events; n++) {
    const message = new streams.BatchAppendReq.ProposedMessage().setId(textId(crypto.randomUUID())).setData(Buffer.alloc(dataBytes));
    message.getMetadataMap().set('type', 'happened').set('content-type', 'application/octet-stream');
    request.addProposedMessages(message);
  }
  return request;
}

/** A Timestamp, decoded as part of options, because its class is in another package. */
function timestamp(seconds: number) {
  const writer = startWriter(32);
  const end = writer.at;
  writeNumber(writer, 1, seconds);
  closeMessage(writer, 6, end);
  return streams.BatchAppendReq.Options.deserializeBinary(writtenBytes(writer)).getDeadline();
}

const textId = (id: string) => new shared.UUID().setString(id);

const failure = (answer: streams.BatchAppendResp | undefined) => answer?.getError()?.getDetails()?.getTypeName();
