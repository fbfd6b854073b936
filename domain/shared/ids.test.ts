import test from 'ava';
import { friendshipOf, peopleOf, type PersonId } from './ids.ts';

const [ann, bob] = ['ann', 'bob'] as PersonId[] as [PersonId, PersonId];

test('a pair has one id, in whichever order its people come', (t) => {
  t.is(friendshipOf(ann, bob), friendshipOf(bob, ann));
});

test('the id of a pair names its people', (t) => {
  t.deepEqual(peopleOf(friendshipOf(bob, ann)), [ann, bob]);
});
