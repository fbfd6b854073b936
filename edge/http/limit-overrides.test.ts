import test from 'ava';
import { overrideLimits } from './limit-overrides.ts';

const limits = {
  posts: { name: 'posts', points: 300, windowSeconds: 60 },
  appRequests: { name: 'app-requests', points: 60_000, windowSeconds: 60 },
};

test('a limit is overridden by its name, the others stay, and names of other listeners are ignored', (t) => {
  const overridden = overrideLimits(limits, { 'app-requests': { points: 5, windowSeconds: 10 }, frames: { points: 1, windowSeconds: 1 } });
  t.deepEqual(overridden, { posts: limits.posts, appRequests: { name: 'app-requests', points: 5, windowSeconds: 10 } });
});

test('without overrides the limits are as declared', (t) => t.deepEqual(overrideLimits(limits), limits));
