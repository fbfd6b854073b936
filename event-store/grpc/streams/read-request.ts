/** Parses the request of the Read call, which reads a stream or `$all`, or subscribes to either. */
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import type { Direction } from '../../store.ts';
import { ALL_STREAM } from '../access/acl.ts';
import { invalidArgument, isRefusal, type Refusal } from '../wire/refusals.ts';
import { parseFilter, type RequestedFilter } from './filter.ts';
import { fromWireNumber, fromWirePosition, type StartPoint } from '../wire/positions.ts';
import type { UuidForm } from '../wire/uuid.ts';

export type ReadRequest = {
  /** A stream, or `$all`. */
  readonly source: string;
  readonly from: StartPoint;
  readonly resolveLinks: boolean;
  readonly uuids: UuidForm;
  readonly filter: RequestedFilter | undefined;
  readonly how: 'subscribe' | { readonly direction: Direction; readonly limit: number; readonly tellsLastRevision: boolean };
};

export function parseReadRequest(request: streams.ReadReq): ReadRequest | Refusal {
  const options = request.getOptions();
  if (options === undefined) return invalidArgument('A read must have options.');
  const filter = options.hasFilter() ? parseFilter(options.getFilter()!) : undefined;
  if (filter !== undefined && isRefusal(filter)) return filter;
  const start = parseStart(options);
  if (isRefusal(start)) return start;
  if (filter !== undefined && start.source !== ALL_STREAM) return invalidArgument('Only reads of $all can be filtered.');
  const direction = options.getReadDirection() === BACKWARDS ? 'backwards' : 'forwards';
  const common = { ...start, filter, resolveLinks: options.getResolveLinks(), uuids: options.getUuidOption()?.hasString() ? 'text' : 'structured' } as const;
  if (!options.hasSubscription()) {
    const tellsLastRevision = (options.getControlOption()?.getCompatibility() ?? 0) >= 1;
    return { ...common, how: { direction, limit: fromWireNumber(options.getCount()), tellsLastRevision } };
  }
  return direction === 'forwards' ? { ...common, how: 'subscribe' } : invalidArgument('A subscription must read forwards.');
}

export function parseStreamName(identifier: shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

const BACKWARDS = streams.ReadReq.Options.ReadDirection.BACKWARDS;

function parseStart(options: streams.ReadReq.Options): { readonly source: string; readonly from: StartPoint } | Refusal {
  const stream = options.getStream();
  if (stream !== undefined) {
    const source = parseStreamName(stream.getStreamIdentifier());
    if (source === '') return invalidArgument('A read must name a stream.');
    if (source === ALL_STREAM) return invalidArgument(`${ALL_STREAM} is not a stream; read all events instead.`);
    if (stream.hasStart()) return { source, from: 'start' };
    if (stream.hasEnd()) return { source, from: 'end' };
    const revision = fromWireNumber(stream.getRevision());
    return { source, from: revision === Number.MAX_SAFE_INTEGER ? 'end' : revision };
  }
  const all = options.getAll();
  if (all === undefined) return invalidArgument('A read must name a stream or $all.');
  if (all.hasStart()) return { source: ALL_STREAM, from: 'start' };
  if (all.hasEnd()) return { source: ALL_STREAM, from: 'end' };
  const position = all.getPosition();
  return { source: ALL_STREAM, from: position === undefined ? 'start' : fromWirePosition(position.getCommitPosition()) };
}
