/** Parses the settings of a persistent subscription. */
import type persistent from '@eventstore/db-client/generated/persistent_pb.js';
import type shared from '@eventstore/db-client/generated/shared_pb.js';
import type { EventFilter } from '../../store.ts';
import { ALL_STREAM } from '../access/acl.ts';
import { groupFailed, invalidArgument, isRefusal, type GroupName, type Refusal } from '../wire/refusals.ts';
import { parseFilter } from '../streams/filter.ts';
import { parseStreamName } from '../streams/read-request.ts';
import { fromWireNumber, fromWirePosition, type StartPoint } from '../wire/positions.ts';

export type StrategyName = 'DispatchToSingle' | 'RoundRobin' | 'Pinned' | 'PinnedByCorrelation';

const STRATEGY_NAMES: readonly StrategyName[] = ['DispatchToSingle', 'RoundRobin', 'Pinned', 'PinnedByCorrelation'];

export type GroupSettings = {
  readonly from: StartPoint; // the first event, or the end
  readonly filter: EventFilter | undefined;
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  readonly messageTimeoutMs: number; // 0: never
  readonly maxRetryCount: number;
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number; // events
  readonly maxCheckpointCount: number; // events
  readonly maxSubscriberCount: number; // 0: any number
  readonly liveBufferSize: number; // events
  readonly historyBufferSize: number; // events
  readonly readBatchSize: number; // events
  readonly strategy: StrategyName;
};

export type GroupRequest = { readonly name: GroupName; readonly settings: GroupSettings };

export function parseCreate(request: persistent.CreateReq): GroupRequest | Refusal {
  const options = request.getOptions();
  const settings = options?.getSettings();
  if (options === undefined || settings === undefined) return invalidArgument('A subscription group must have settings.');
  const filterMessage = options.getAll()?.getFilter();
  const filter = filterMessage && parseFilter(filterMessage);
  if (filter && isRefusal(filter)) return filter;
  const name = parseGroupName(options);
  if (isRefusal(name)) return name;
  const strategy = parseStrategy(name, settings.getConsumerStrategy(), settings.getNamedConsumerStrategy());
  if (isRefusal(strategy)) return strategy;
  return { name, settings: { ...commonSettings(settings), filter: filter?.filter, from: parseStart(options, settings), strategy } };
}

/** Without the filter, which can't be changed. */
export function parseUpdate(request: persistent.UpdateReq): GroupRequest | Refusal {
  const options = request.getOptions();
  const settings = options?.getSettings();
  if (options === undefined || settings === undefined) return invalidArgument('A subscription group must have settings.');
  const name = parseGroupName(options);
  if (isRefusal(name)) return name;
  const strategy = parseStrategy(name, '', settings.getNamedConsumerStrategy());
  if (isRefusal(strategy)) return strategy;
  return { name, settings: { ...commonSettings(settings), filter: undefined, from: parseStart(options, settings), strategy } };
}

/** The stream or `$all` in the other requests. */
export function parseSource(options: { hasAll(): boolean; getStreamIdentifier(): shared.StreamIdentifier | undefined }): string {
  return options.hasAll() ? ALL_STREAM : parseStreamName(options.getStreamIdentifier());
}

type SettingsMessage = persistent.CreateReq.Settings | persistent.UpdateReq.Settings;
type OptionsMessage = persistent.CreateReq.Options | persistent.UpdateReq.Options;

const TICKS_IN_MS = 10_000;

function commonSettings(settings: SettingsMessage) {
  return {
    resolveLinks: settings.getResolveLinks(),
    extraStatistics: settings.getExtraStatistics(),
    messageTimeoutMs: settings.hasMessageTimeoutTicks() ? Number(settings.getMessageTimeoutTicks()) / TICKS_IN_MS : settings.getMessageTimeoutMs(),
    maxRetryCount: settings.getMaxRetryCount(),
    checkpointAfterMs: settings.hasCheckpointAfterTicks() ? Number(settings.getCheckpointAfterTicks()) / TICKS_IN_MS : settings.getCheckpointAfterMs(),
    minCheckpointCount: settings.getMinCheckpointCount(),
    maxCheckpointCount: settings.getMaxCheckpointCount(),
    maxSubscriberCount: settings.getMaxSubscriberCount(),
    liveBufferSize: settings.getLiveBufferSize(),
    historyBufferSize: settings.getHistoryBufferSize(),
    readBatchSize: settings.getReadBatchSize(),
  };
}

function parseGroupName(options: OptionsMessage): GroupName | Refusal {
  const source = options.hasAll() ? ALL_STREAM : parseStreamName(options.getStream()?.getStreamIdentifier() ?? options.getStreamIdentifier());
  const group = options.getGroupName();
  if (source === '' || group === '') return invalidArgument('A subscription group must name its stream and itself.');
  return { source, group };
}

/** Clients before 21.10 send the stream beside the options and the revision among the settings. */
function parseStart(options: OptionsMessage, settings: SettingsMessage): StartPoint {
  const all = options.getAll();
  const stream = options.getStream();
  if (all?.hasEnd() || stream?.hasEnd()) return 'end';
  if (all?.hasStart() || stream?.hasStart()) return 'start';
  if (all !== undefined) return fromWirePosition(all.getPosition()?.getCommitPosition() ?? '0');
  const revision = fromWireNumber(stream === undefined ? settings.getRevision() : stream.getRevision());
  return revision === Number.MAX_SAFE_INTEGER ? 'end' : revision;
}

function parseStrategy(group: GroupName, name: string, named: number): StrategyName | Refusal {
  const found = name === '' ? STRATEGY_NAMES[named] : STRATEGY_NAMES.find((known) => known === name);
  return found ?? groupFailed(group, `Consumer strategy ${name === '' ? named : name} does not exist.`);
}
