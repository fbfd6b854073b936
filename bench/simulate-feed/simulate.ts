/**
 * What pushing and pulling cost a world of many people: which authors the deciding functions pull, how much push work that saves, how
 * many pulled authors a reader has, and what a warm feed weighs. No server is asked; the edges are drawn twice.
 */
import { activeFollowersOf, withCount } from '../../domain/feed/delivery-mode/active-followers.ts';
import { deliveryMode, type DeliveryModeState, type PullThresholds } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { FEED_POSTS_MAX } from '../../ports/feed-cache/port.ts';
import { drawGraph, GRAPH, isActive, type Graph } from './graph.ts';

export type SimulationConfig = {
  readonly people: number;
  readonly seed: number;
  readonly thresholds: PullThresholds;
  /** Of all people: those whose feeds are warm. */
  readonly activeShare: number;
  /** How many authors are pulled besides, whatever the thresholds say. */
  readonly forced: number;
  /** Every so many-th person is looked at as a reader; everybody is as a follower. */
  readonly readersEvery: number;
};

/** An author posts in proportion to the followers, to this power (the reference’s workload). */
const POSTING_EXPONENT = 0.3;
/** A warm feed in Redis, as a listpack of 500 posts, and what each pulled author adds. Measured on Redis 7. */
const FEED_BYTES = 14_410;
const PULLED_BYTES = 39;
/** The counts of an author whose followers are read by so many fan-outs, each off by up to this part. */
const COUNTS = 200;
const COUNT_NOISE = 0.15;

export type Outcome = {
  readonly pulledAuthors: number;
  /** Of all deliveries into warm feeds, those that need not be made. */
  readonly pushSaved: number;
  /** Pulled authors of one reader with a warm feed. */
  readonly pulledMean: number;
  readonly pulledP99: number;
  readonly pulledMax: number;
  /** Of the posts that come into a reader’s feed, those that are pulled. */
  readonly pulledPosts: number;
  readonly feedBytesMean: number;
  /** Of all warm feeds, those with more entries than this many, which Redis must keep as a listpack. */
  readonly entriesP999: number;
};

export type Simulation = {
  readonly people: number;
  readonly edges: number;
  readonly warmFeeds: number;
  readonly deliveriesAPost: number;
  /** Turns in either direction of an author near the thresholds, over 200 posts, with the mean of the last twenty counts, and with each count alone. */
  readonly turns: { readonly byMean: number; readonly byEachCount: number };
  readonly byThresholds: Outcome;
  readonly forced: Outcome;
};

export function simulate(config: SimulationConfig, report: (progress: string) => void = () => undefined): Simulation {
  const { people, seed, thresholds, activeShare, forced, readersEvery } = config;
  const graph = drawGraph({ ...GRAPH, people, seed });
  const active = (person: number) => isActive(person, { seed, share: activeShare });
  const { followers, activeFollowers, edges, warmFeeds } = countFollowers(graph, people, active);
  report(`${edges} edges drawn`);
  const rates = Float64Array.from(followers, (count) => count ** POSTING_EXPONENT);
  const sets = [pulledBy(activeFollowers, thresholds), mostFollowed(activeFollowers, forced)] as const;
  const [byThresholds, byForce] = outcomes(graph, { people, readersEvery, active, activeFollowers, rates, sets });
  report('feeds read');
  let [deliveries, posts] = [0, 0];
  for (let author = 0; author < people; author++) {
    deliveries += (activeFollowers[author] as number) * (rates[author] as number);
    posts += rates[author] as number;
  }
  return {
    people,
    edges,
    warmFeeds,
    deliveriesAPost: deliveries / posts,
    turns: countTurns(activeFollowers, { seed, thresholds }),
    byThresholds,
    forced: byForce,
  };
}

type Active = (person: number) => boolean;

function countFollowers(graph: Graph, people: number, active: Active) {
  const followers = new Int32Array(people);
  const activeFollowers = new Int32Array(people);
  let [edges, warmFeeds] = [0, 0];
  for (let person = 0; person < people; person++) {
    const one = active(person) ? 1 : 0;
    warmFeeds += one;
    graph.forEachFollowed(person, (author) => {
      followers[author] = (followers[author] as number) + 1;
      activeFollowers[author] = (activeFollowers[author] as number) + one;
      edges += 1;
    });
  }
  return { followers, activeFollowers, edges, warmFeeds };
}

/** By the decider, from one exact count. */
function pulledBy(activeFollowers: Int32Array, thresholds: PullThresholds): Uint8Array {
  return Uint8Array.from(activeFollowers, (count) => (decide(deliveryMode.initialState, count, thresholds).mode === 'push' ? 0 : 1));
}

const author = '' as PersonId;
function decide(state: DeliveryModeState, activeFollowers: number, thresholds: PullThresholds): DeliveryModeState {
  const decided = deliveryMode.decide(state, { type: 'count', author, activeFollowers, thresholds });
  return decided.outcome === 'accepted' ? decided.events.reduce(deliveryMode.evolve, state) : state;
}

function mostFollowed(activeFollowers: Int32Array, count: number): Uint8Array {
  const least = activeFollowers.toSorted().at(-Math.min(count, activeFollowers.length)) ?? 0;
  return Uint8Array.from(activeFollowers, (its) => (its >= least && its > 0 ? 1 : 0));
}

type Reading = {
  readonly people: number;
  readonly readersEvery: number;
  readonly active: Active;
  readonly activeFollowers: Int32Array;
  readonly rates: Float64Array;
  readonly sets: readonly [Uint8Array, Uint8Array];
};

function outcomes(graph: Graph, { people, readersEvery, active, activeFollowers, rates, sets }: Reading): readonly [Outcome, Outcome] {
  const readers = sets.map(() => new Int32Array(GRAPH.followsMax + 1)); // by how many pulled authors they have
  const pulledRates = [0, 0];
  let rate = 0;
  for (let person = 0; person < people; person += readersEvery) {
    if (!active(person)) continue;
    const pulled = [0, 0];
    graph.forEachFollowed(person, (followed) => {
      const posts = rates[followed] as number;
      rate += posts;
      for (let i = 0; i < sets.length; i++) {
        if ((sets[i] as Uint8Array)[followed] === 0) continue;
        pulled[i] = (pulled[i] as number) + 1;
        pulledRates[i] = (pulledRates[i] as number) + posts;
      }
    });
    for (const [i, count] of pulled.entries()) (readers[i] as Int32Array)[count] = ((readers[i] as Int32Array)[count] as number) + 1;
  }
  const outcomeOf = (i: 0 | 1): Outcome => {
    const histogram = readers[i] as Int32Array;
    const mean = histogram.reduce((sum, count, pulled) => sum + count * pulled, 0) / histogram.reduce((sum, count) => sum + count, 0);
    return {
      pulledAuthors: sets[i].reduce((sum, is) => sum + is, 0),
      pushSaved: savedBy(sets[i], activeFollowers, rates),
      pulledMean: mean,
      pulledP99: quantile(histogram, 0.99),
      pulledMax: histogram.findLastIndex((count) => count > 0),
      pulledPosts: (pulledRates[i] as number) / rate,
      feedBytesMean: FEED_BYTES + PULLED_BYTES * mean,
      entriesP999: FEED_POSTS_MAX + quantile(histogram, 0.999),
    };
  };
  return [outcomeOf(0), outcomeOf(1)];
}

function savedBy(pulled: Uint8Array, activeFollowers: Int32Array, rates: Float64Array): number {
  let [saved, all] = [0, 0];
  for (let one = 0; one < pulled.length; one++) {
    const deliveries = (activeFollowers[one] as number) * (rates[one] as number);
    all += deliveries;
    if (pulled[one] === 1) saved += deliveries;
  }
  return all === 0 ? 0 : saved / all;
}

function quantile(histogram: Int32Array, part: number): number {
  const all = histogram.reduce((sum, count) => sum + count, 0);
  let below = 0;
  return histogram.findIndex((count) => (below += count) >= part * all);
}

/** Of the authors between the thresholds and a fifth around them: how often they turn while each count is off by some. */
function countTurns(activeFollowers: Int32Array, { seed, thresholds }: { readonly seed: number; readonly thresholds: PullThresholds }) {
  const { pullFromFollowers, pushUpToFollowers } = thresholds;
  const near = activeFollowers.filter((count) => count > pushUpToFollowers * 0.8 && count < pullFromFollowers * 1.2);
  const turnsWith = (counted: (counts: readonly number[]) => number): number => {
    let turns = 0;
    for (const [i, exact] of near.entries()) {
      let state = deliveryMode.initialState;
      let counts: readonly number[] = [];
      for (let n = 0; n < COUNTS; n++) {
        counts = withCount(counts, Math.round(exact * (1 + COUNT_NOISE * (2 * noise(seed, i * COUNTS + n) - 1))));
        const after = decide(state, counted(counts), thresholds);
        if (after.mode !== state.mode) turns += 1;
        state = after;
      }
    }
    return near.length === 0 ? 0 : turns / near.length;
  };
  return { byMean: turnsWith(activeFollowersOf), byEachCount: turnsWith((counts) => counts.at(-1) ?? 0) };
}

/** From 0 to 1, the same for the same numbers. */
const noise = (seed: number, n: number): number => (Math.imul(Math.imul(seed + n, 0x85ebca6b) ^ ((seed + n) >>> 13), 0xc2b2ae35) >>> 0) / 2 ** 32;
