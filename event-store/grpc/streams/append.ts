/** The Append call: options first, then the events. A wrong expected version is a response here, not an error. */
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { BEFORE_FIRST_REVISION, type AppendResult, type EventStore, type ExpectedRevision, type NewEvent } from '../../store.ts';
import type { AccessControl } from '../access/acl.ts';
import type { CallContext } from '../calls/calls.ts';
import {
  accessDenied,
  appendTooLarge,
  refusalOfError,
  invalidArgument,
  isRefusal,
  metadataPropertyMissing,
  streamDeleted,
  type Refusal,
} from '../wire/refusals.ts';
import { parseExpectedRevision } from './expected-revision.ts';
import { parseStreamName } from './read-request.ts';
import { toWireNumber, toWirePosition } from '../wire/positions.ts';
import { uuidOf } from '../wire/uuid.ts';

export type AppendDependencies = {
  readonly store: Pick<EventStore, 'append'>;
  readonly access: AccessControl;
  readonly maxAppendBytes: number;
};

export function handleAppend({ store, access, maxAppendBytes }: AppendDependencies) {
  return async (requests: AsyncIterable<streams.AppendReq>, { caller }: CallContext): Promise<streams.AppendResp | Refusal> => {
    const proposal = await collect(requests, maxAppendBytes, (stream) => access.mayUse(caller, 'write', stream));
    if (isRefusal(proposal)) return proposal;
    const { stream, expected, events } = proposal;
    try {
      return response(await store.append(stream, events, expected), stream, expected);
    } catch (error) {
      return refusalOfError(error, { stream, maxAppendBytes });
    }
  };
}

/** Data, metadata and twice the length of the type: the size of a record on EventStoreDB's disk. */
export function sizeOf({ data, metadata, type }: Pick<NewEvent, 'data' | 'metadata' | 'type'>): number {
  return data.length + metadata.length + 2 * type.length;
}

type Proposal = { readonly stream: string; readonly expected: ExpectedRevision; readonly events: readonly NewEvent[] };

async function collect(requests: AsyncIterable<streams.AppendReq>, maxBytes: number, mayWrite: (stream: string) => boolean): Promise<Proposal | Refusal> {
  let head: Omit<Proposal, 'events'> | undefined;
  const events: NewEvent[] = [];
  let bytes = 0;
  for await (const request of requests) {
    if (head === undefined) {
      const options = request.getOptions();
      const stream = parseStreamName(options?.getStreamIdentifier());
      const expected = options && parseExpectedRevision(options);
      if (stream === '' || expected === undefined) return invalidArgument('An append must begin with its stream and its expected revision.');
      if (!mayWrite(stream)) return accessDenied();
      head = { stream, expected };
      continue;
    }
    const event = proposedEvent(request.getProposedMessage());
    if (isRefusal(event)) return event;
    bytes += sizeOf(event);
    if (bytes > maxBytes) return appendTooLarge(maxBytes);
    events.push(event);
  }
  return head === undefined ? invalidArgument('An append must begin with its options.') : { ...head, events };
}

function proposedEvent(message: streams.AppendReq.ProposedMessage | undefined): NewEvent | Refusal {
  if (message === undefined) return invalidArgument('An append must consist of proposed messages after its options.');
  const properties = message.getMetadataMap();
  const type = properties.get('type');
  const contentType = properties.get('content-type');
  if (type === undefined) return metadataPropertyMissing('type');
  if (contentType === undefined) return metadataPropertyMissing('content-type');
  return {
    id: uuidOf(message.getId()),
    type,
    contentType: contentType === 'application/json' ? contentType : 'application/octet-stream',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

function response(result: AppendResult, stream: string, expected: ExpectedRevision): streams.AppendResp | Refusal {
  switch (result.outcome) {
    case 'appended':
      return new streams.AppendResp().setSuccess(success(result.revision, result.position));
    case 'wrong-expected-revision':
      return new streams.AppendResp().setWrongExpectedVersion(wrongVersion(result.current, expected));
    case 'stream-deleted':
      return streamDeleted(stream);
  }
}

function success(revision: number, position: number): streams.AppendResp.Success {
  const message = new streams.AppendResp.Success();
  if (revision === BEFORE_FIRST_REVISION) return message.setNoStream(new shared.Empty()).setNoPosition(new shared.Empty());
  const at = String(toWirePosition(position));
  const wirePosition = new streams.AppendResp.Position().setCommitPosition(at).setPreparePosition(at);
  return message.setCurrentRevision(toWireNumber(revision)).setPosition(wirePosition);
}

/** Sets two sets of fields: clients of 20.6 read other ones. */
function wrongVersion(current: number | 'no-stream', expected: ExpectedRevision): streams.AppendResp.WrongExpectedVersion {
  const message = new streams.AppendResp.WrongExpectedVersion();
  if (current === 'no-stream') message.setCurrentNoStream(new shared.Empty()).setNoStream2060(new shared.Empty());
  else message.setCurrentRevision(toWireNumber(current)).setCurrentRevision2060(current);
  switch (expected) {
    case 'any':
      return message.setExpectedAny(new shared.Empty()).setAny2060(new shared.Empty());
    case 'no-stream':
      return message.setExpectedNoStream(new shared.Empty());
    case 'stream-exists':
      return message.setExpectedStreamExists(new shared.Empty()).setStreamExists2060(new shared.Empty());
    default:
      return message.setExpectedRevision(toWireNumber(expected)).setExpectedRevision2060(expected);
  }
}
