/** The Delete and Tombstone calls, whose messages are alike. */
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendResult, EventStore, ExpectedRevision } from '../../store.ts';
import type { AccessControl } from '../access/acl.ts';
import type { CallContext } from '../calls/calls.ts';
import { accessDenied, refusalOfError, invalidArgument, isRefusal, streamDeleted, wrongExpectedVersion, type Refusal } from '../wire/refusals.ts';
import { parseExpectedRevision } from './expected-revision.ts';
import { parseStreamName } from './read-request.ts';
import { toWirePosition } from '../wire/positions.ts';

type Dependencies = { readonly store: Pick<EventStore, 'deleteStream' | 'tombstone'>; readonly access: AccessControl };

export function handleDelete({ store, access }: Dependencies) {
  return async (request: streams.DeleteReq, context: CallContext): Promise<streams.DeleteResp | Refusal> => {
    const position = await remove(access, context, request.getOptions(), (stream, expected) => store.deleteStream(stream, expected));
    if (isRefusal(position)) return position;
    return new streams.DeleteResp().setPosition(new streams.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position));
  };
}

export function handleTombstone({ store, access }: Dependencies) {
  return async (request: streams.TombstoneReq, context: CallContext): Promise<streams.TombstoneResp | Refusal> => {
    const position = await remove(access, context, request.getOptions(), (stream, expected) => store.tombstone(stream, expected));
    if (isRefusal(position)) return position;
    return new streams.TombstoneResp().setPosition(new streams.TombstoneResp.Position().setCommitPosition(position).setPreparePosition(position));
  };
}

type DeleteOptions = Parameters<typeof parseExpectedRevision>[0] & { getStreamIdentifier(): shared.StreamIdentifier | undefined };

async function remove(
  access: AccessControl,
  { caller }: CallContext,
  options: DeleteOptions | undefined,
  removeFrom: (stream: string, expected: ExpectedRevision) => Promise<AppendResult>,
): Promise<string | Refusal> {
  const stream = parseStreamName(options?.getStreamIdentifier());
  const expected = options && parseExpectedRevision(options);
  if (stream === '' || expected === undefined) return invalidArgument('A deletion must name its stream and its expected revision.');
  if (!access.mayUse(caller, 'delete', stream)) return accessDenied();
  try {
    const result = await removeFrom(stream, expected);
    switch (result.outcome) {
      case 'appended':
        return String(toWirePosition(result.position));
      case 'wrong-expected-revision':
        return wrongExpectedVersion({ operation: 'Delete', stream, expected, current: result.current });
      case 'stream-deleted':
        return streamDeleted(stream);
    }
  } catch (error) {
    return refusalOfError(error, { stream });
  }
}
