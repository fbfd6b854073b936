/** The description of a group for operators. */
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import { ALL_STREAM } from '../access/acl.ts';
import type { StartPoint } from '../wire/positions.ts';
import { formatOffset } from './checkpoint.ts';
import type { Consumer } from './consumer.ts';
import type { PersistentGroup } from './group.ts';

/** Counts and rates are since the previous measurement; each request is one. */
export type Measurements = { readonly atMs: number; readonly delivered: number };

export function describeGroup(group: PersistentGroup, since: Measurements, nowMs: number): persistent.SubscriptionInfo {
  const { name, settings } = group;
  const state = group.state();
  const count = state.delivered - since.delivered;
  return new persistent.SubscriptionInfo()
    .setEventSource(name.source)
    .setGroupName(name.group)
    .setStatus(state.live ? 'Live' : 'Behind')
    .setConnectionsList(state.consumers.map((consumer) => describeConsumer(consumer, settings.extraStatistics, nowMs - since.atMs)))
    .setAveragePerSecond(rate(count, nowMs - since.atMs))
    .setTotalItems(String(state.delivered))
    .setCountSinceLastMeasurement(String(count))
    .setLastCheckpointedEventPosition(state.checkpoint === undefined ? '' : formatOffset(name.source, state.checkpoint))
    .setLastKnownEventPosition(state.lastKnownOffset === undefined ? '' : formatOffset(name.source, state.lastKnownOffset))
    .setResolveLinkTos(settings.resolveLinks)
    .setStartFrom(startText(name.source, settings.from))
    .setMessageTimeoutMilliseconds(settings.messageTimeoutMs)
    .setExtraStatistics(settings.extraStatistics)
    .setMaxRetryCount(settings.maxRetryCount)
    .setLiveBufferSize(settings.liveBufferSize)
    .setBufferSize(settings.historyBufferSize)
    .setReadBatchSize(settings.readBatchSize)
    .setCheckPointAfterMilliseconds(settings.checkpointAfterMs)
    .setMinCheckPointCount(settings.minCheckpointCount)
    .setMaxCheckPointCount(settings.maxCheckpointCount)
    .setReadBufferCount(state.buffered)
    .setRetryBufferCount(state.retrying)
    .setTotalInFlightMessages(state.outstanding)
    .setOutstandingMessagesCount(state.outstanding)
    .setNamedConsumerStrategy(settings.strategy)
    .setMaxSubscriberCount(settings.maxSubscriberCount)
    .setParkedMessageCount(String(state.parked));
}

function describeConsumer(consumer: Consumer, withMeasurements: boolean, sinceMs: number): persistent.SubscriptionInfo.ConnectionInfo {
  const { connection, inFlight, total, totalAtLastMeasurement, latenciesMs } = consumer;
  consumer.totalAtLastMeasurement = total;
  return new persistent.SubscriptionInfo.ConnectionInfo()
    .setFrom(connection.peer)
    .setUsername(connection.login)
    .setConnectionName(connection.connectionName)
    .setTotalItems(String(total))
    .setCountSinceLastMeasurement(String(total - totalAtLastMeasurement))
    .setAverageItemsPerSecond(rate(total - totalAtLastMeasurement, sinceMs))
    .setAvailableSlots(connection.bufferSize - inFlight)
    .setInFlightMessages(inFlight)
    .setObservedMeasurementsList(withMeasurements ? latencyMeasurements(latenciesMs) : []);
}

/** In milliseconds, from delivery to acknowledgement. */
function latencyMeasurements(latenciesMs: readonly number[]): persistent.SubscriptionInfo.Measurement[] {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  if (sorted.length === 0) return [];
  const at = (quantile: number) => sorted[Math.min(Math.floor(sorted.length * quantile), sorted.length - 1)]!;
  const mean = sorted.reduce((sum, latency) => sum + latency, 0) / sorted.length;
  const measured: readonly (readonly [string, number])[] = [
    ['Mean', mean],
    ['Median', at(0.5)],
    ['Fastest', at(0)],
    ['Quintile 1', at(0.2)],
    ['Quintile 2', at(0.4)],
    ['Quintile 3', at(0.6)],
    ['Quintile 4', at(0.8)],
    ['Quintile 5', at(1)],
    ['90%', at(0.9)],
    ['95%', at(0.95)],
    ['99%', at(0.99)],
    ['99.5%', at(0.995)],
    ['99.9%', at(0.999)],
    ['Highest', at(1)],
  ];
  return measured.map(([key, value]) => new persistent.SubscriptionInfo.Measurement().setKey(key).setValue(String(Math.round(value))));
}

function startText(source: string, from: StartPoint): string {
  if (from === 'end') return source === ALL_STREAM ? 'C:-1/P:-1' : '-1';
  return formatOffset(source, from === 'start' ? (source === ALL_STREAM ? -1 : 0) : from);
}

const rate = (count: number, ms: number) => (ms > 0 ? Math.round((count * 1_000) / ms) : 0);
