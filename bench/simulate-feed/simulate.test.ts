import test from 'ava';
import { drawGraph, GRAPH } from './graph.ts';
import { simulate, type SimulationConfig } from './simulate.ts';

const SMALL: SimulationConfig = {
  people: 20_000,
  seed: 7,
  thresholds: { pullFromFollowers: 1_000, pushUpToFollowers: 700 },
  activeShare: 0.8,
  forced: 400,
  readersEvery: 1,
};

test('the same seed draws the same edges, each once and none to oneself, and another seed others', (t) => {
  const graphs = [1, 1, 2].map((seed) => drawGraph({ ...GRAPH, people: 5_000, seed }));
  const follows = (graph: 0 | 1 | 2, person: number) => {
    const followed: number[] = [];
    graphs[graph]?.forEachFollowed(person, (author) => void followed.push(author));
    return followed;
  };
  for (let person = 0; person < 50; person++) {
    const followed = follows(0, person);
    t.deepEqual(followed, follows(1, person));
    t.is(new Set(followed).size, followed.length);
    t.false(followed.includes(person));
    t.true(followed.every((author) => author >= 0 && author < 5_000));
  }
  t.notDeepEqual(follows(0, 0), follows(2, 0));
});

test('what is simulated adds up: pulled authors are those above the threshold, and more of them save more pushes and are more to read', (t) => {
  const { byThresholds, forced, edges, warmFeeds, turns, deliveriesAPost } = simulate(SMALL);
  const graph = drawGraph({ ...GRAPH, people: SMALL.people, seed: SMALL.seed });
  let naive = 0;
  for (let person = 0; person < SMALL.people; person++) graph.forEachFollowed(person, () => void (naive += 1));
  t.is(edges, naive);
  t.true(Math.abs(warmFeeds / SMALL.people - SMALL.activeShare) < 0.02);
  t.true(byThresholds.pulledAuthors > 10 && byThresholds.pulledAuthors < SMALL.forced);
  t.true(forced.pulledAuthors >= SMALL.forced);
  t.true(byThresholds.pushSaved > 0 && byThresholds.pushSaved < forced.pushSaved && forced.pushSaved < 1);
  t.true(byThresholds.pulledMean < forced.pulledMean && byThresholds.pulledMean < byThresholds.pulledP99);
  t.true(deliveriesAPost > 1);
  t.true(turns.byMean < turns.byEachCount, 'the mean of the last counts turns less often than each count would');
});
