/** The configured groups and the running ones. Changes are serialised, and each is saved before it takes effect. */
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { STREAM_NAME_BYTES_MAX } from '../../storage/record.ts';
import { BEFORE_FIRST_POSITION, type EventStore } from '../../store.ts';
import { ALL_STREAM } from '../access/acl.ts';
import type { Logger } from '../calls/calls.ts';
import { groupDropped, groupExists, groupFailed, groupUnknown, isRefusal, type GroupName, type Refusal } from '../wire/refusals.ts';
import { parseStreamName } from '../streams/read-request.ts';
import { fromWireNumber } from '../wire/positions.ts';
import { checkpointStreamOf, groupKeyOf, formatOffset } from './checkpoint.ts';
import { loadGroups, saveGroups } from './configuration.ts';
import { PersistentGroup } from './group.ts';
import { describeGroup, type Measurements } from './info.ts';
import { parkedStreamOf } from './parking.ts';
import { parseSource, type GroupRequest } from './settings.ts';

export type GroupsDependencies = {
  readonly store: Pick<
    EventStore,
    'append' | 'head' | 'readStream' | 'setStreamMetadata' | 'streamMetadata' | 'deleteStream' | 'subscribeToAll' | 'subscribeToStream'
  >;
  readonly logger: Logger;
  readonly now: () => number; // milliseconds since the Unix epoch
  readonly monotonicMs: () => number; // for durations: it never goes back
};

export class Groups {
  readonly #dependencies: GroupsDependencies;
  readonly #groups = new Map<string, PersistentGroup>();
  readonly #measured = new WeakMap<PersistentGroup, Measurements>();
  #change: Promise<unknown> = Promise.resolve();

  constructor(dependencies: GroupsDependencies) {
    this.#dependencies = dependencies;
    this.#startAll();
  }

  /** The group, once no change is in progress: a consumer that a change disconnects returns at once, and would find the old group or none. */
  async named(name: GroupName): Promise<PersistentGroup | undefined> {
    await this.#settled();
    return this.#find(name);
  }

  create(request: GroupRequest | Refusal, by: string): Promise<persistent.CreateResp | Refusal> {
    return this.#inTurn(async () => {
      if (isRefusal(request)) return request;
      if (this.#groups.has(groupKeyOf(request.name))) return groupExists(request.name);
      const fault = this.#faultIn(request);
      if (fault !== undefined) return fault;
      await this.#save([...this.#requestsBut(undefined), request], by);
      this.#start(request);
      return new persistent.CreateResp();
    });
  }

  update(request: GroupRequest | Refusal, by: string): Promise<persistent.UpdateResp | Refusal> {
    return this.#inTurn(async () => {
      if (isRefusal(request)) return request;
      const group = this.#find(request.name);
      if (group === undefined) return groupUnknown(request.name);
      const fault = this.#faultIn(request);
      if (fault !== undefined) return fault;
      const changed = { ...request, settings: { ...request.settings, filter: group.settings.filter } };
      await this.#save([...this.#requestsBut(group), changed], by);
      await group.stop(groupDropped(request.name));
      this.#start(changed);
      return new persistent.UpdateResp();
    });
  }

  delete(name: GroupName, by: string): Promise<persistent.DeleteResp | Refusal> {
    return this.#inTurn(async () => {
      const group = this.#find(name);
      if (group === undefined) return groupUnknown(name);
      await this.#save(this.#requestsBut(group), by);
      this.#groups.delete(groupKeyOf(name));
      await group.stop(groupUnknown(name));
      for (const stream of [checkpointStreamOf(name), parkedStreamOf(name)]) {
        if (this.#dependencies.store.readStream(stream, { limit: 1 }).outcome === 'found') await this.#dependencies.store.deleteStream(stream, 'any');
      }
      return new persistent.DeleteResp();
    });
  }

  async replayParked(request: persistent.ReplayParkedReq): Promise<persistent.ReplayParkedResp | Refusal> {
    const options = request.getOptions();
    const name = nameIn(options);
    const group = await this.named(name);
    if (group === undefined) return groupUnknown(name);
    group.replayParked(options?.hasStopAt() ? fromWireNumber(options.getStopAt()) : Infinity);
    return new persistent.ReplayParkedResp();
  }

  restart(): Promise<shared.Empty> {
    return this.#inTurn(async () => {
      await this.stopAll(groupDropped);
      this.#startAll();
      return new shared.Empty();
    });
  }

  async info(name: GroupName): Promise<persistent.GetInfoResp | Refusal> {
    const group = await this.named(name);
    return group === undefined ? groupUnknown(name) : new persistent.GetInfoResp().setSubscriptionInfo(this.#describe(group));
  }

  async list(request: persistent.ListReq): Promise<persistent.ListResp | Refusal> {
    await this.#settled();
    const forStream = request.getOptions()?.getListForStream();
    const source = forStream === undefined ? undefined : forStream.hasAll() ? ALL_STREAM : parseStreamName(forStream.getStream());
    const found = [...this.#groups.values()].filter(({ name }) => source === undefined || name.source === source);
    if (source !== undefined && found.length === 0) return groupUnknown({ source, group: '' });
    return new persistent.ListResp().setSubscriptionsList(found.map((group) => this.#describe(group)));
  }

  async stopAll(reason: (name: GroupName) => Refusal): Promise<void> {
    const stopping = [...this.#groups.values()];
    this.#groups.clear();
    await Promise.all(stopping.map((group) => group.stop(reason(group.name))));
  }

  #startAll(): void {
    for (const request of loadGroups(this.#dependencies.store)) this.#start(request);
  }

  #start({ name, settings }: GroupRequest): void {
    const group = new PersistentGroup(this.#dependencies, name, settings);
    this.#groups.set(groupKeyOf(name), group);
    this.#measured.set(group, { atMs: this.#dependencies.monotonicMs(), delivered: 0 });
  }

  #requestsBut(left: PersistentGroup | undefined): readonly GroupRequest[] {
    return [...this.#groups.values()].filter((group) => group !== left).map(({ name, settings }) => ({ name, settings }));
  }

  #save(groups: readonly GroupRequest[], by: string): Promise<void> {
    return saveGroups(this.#dependencies.store, groups, { by, at: this.#dependencies.now() });
  }

  #describe(group: PersistentGroup): persistent.SubscriptionInfo {
    const atMs = this.#dependencies.monotonicMs();
    const info = describeGroup(group, this.#measured.get(group)!, atMs);
    this.#measured.set(group, { atMs, delivered: group.state().delivered });
    return info;
  }

  /** Stream `a::b` with group `c` and stream `a` with group `b::c` have the same key, but not the same access rights. */
  #find(name: GroupName): PersistentGroup | undefined {
    const group = this.#groups.get(groupKeyOf(name));
    return group?.name.source === name.source ? group : undefined;
  }

  #faultIn({ name, settings }: GroupRequest): Refusal | undefined {
    const { readBatchSize, historyBufferSize, from } = settings;
    if (readBatchSize >= historyBufferSize) {
      return groupFailed(name, `Read batch size ${readBatchSize} must be less than buffer size ${historyBufferSize}`);
    }
    if (name.source === ALL_STREAM && typeof from === 'number' && from > (this.#dependencies.store.head() ?? BEFORE_FIRST_POSITION)) {
      return groupFailed(name, `Start position ${formatOffset(name.source, from)} lies beyond the end of the log`);
    }
    if (Buffer.byteLength(checkpointStreamOf(name)) > STREAM_NAME_BYTES_MAX) {
      return groupFailed(name, 'The names of the stream and the group are too long together for a checkpoint stream');
    }
    return undefined;
  }

  async #settled(): Promise<void> {
    for (let awaited: Promise<unknown> | undefined; awaited !== this.#change;) {
      awaited = this.#change;
      await awaited;
    }
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#change.then(change);
    this.#change = result.catch(() => {});
    return result;
  }
}

export function nameIn(options: (Parameters<typeof parseSource>[0] & { getGroupName(): string }) | undefined): GroupName {
  return { source: options === undefined ? '' : parseSource(options), group: options?.getGroupName() ?? '' };
}
