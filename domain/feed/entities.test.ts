import test from 'ava';
import type { PersonId } from '../shared/ids.ts';
import { entityFields, hashtagOf, termsOf, type PostEntities } from './entities.ts';

const [ann, bob] = ['ann', 'bob'] as unknown as readonly [PersonId, PersonId];
const entities: PostEntities = {
  mentions: [ann, bob, ann].map((person, at) => ({ person, from: at, to: at + 1 })),
  hashtags: ['one', 'two', 'one'].map((tag, at) => ({ tag, from: at + 3, to: at + 4 })),
};

test('a post is found under each person and each hashtag once', (t) => {
  t.deepEqual(termsOf(entities), [{ person: ann }, { person: bob }, { tag: 'one' }, { tag: 'two' }]);
  t.deepEqual(termsOf({}), []);
});

test('a post that not everybody may read is found under those whom it mentions alone', (t) => {
  t.is(entityFields(entities, { isPublic: true }).terms, 4);
  t.is(entityFields(entities, { isPublic: false }).terms, 2);
  t.deepEqual(entityFields({ hashtags: entities.hashtags ?? [] }, { isPublic: false }), { entities: { hashtags: entities.hashtags } });
  t.deepEqual(entityFields(undefined, { isPublic: true }), {});
});

test('hashtags that look or sound alike to a reader are one', (t) => {
  for (const [one, other] of [
    ['Straße', 'STRASSE'],
    ['ﬁn', 'FIN'],
    ['ｆｏｏ', 'foo'],
    ['Cafe\u0301', 'café'],
    ['ΟΔΟΣ', 'οδος'],
    ['한국', '한국'.normalize('NFD')],
  ] as const) {
    t.is(hashtagOf(one), hashtagOf(other));
    t.is(hashtagOf(hashtagOf(one)), hashtagOf(one));
  }
  t.not(hashtagOf('café'), hashtagOf('cafe'), 'an accent makes another word');
});
