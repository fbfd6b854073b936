import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { ViewStore } from '../../ports/views/port.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { foldedDocuments, inStreamOrder, withErasures } from '../test-fixture.ts';
import { at, everything } from '../testing/history.ts';
import { profile } from './profile.ts';

let folder: string;
let views: ViewStore;
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidings-profile-'));
  views = await startSqliteViews(join(folder, 'views.sqlite'));
});
test.after.always(async () => {
  await views[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const documents = () => foldedDocuments(views, profile, [withErasures(inStreamOrder(everything))]);

test('a profile has the latest value of each field, and nothing of an erased person', async (t) => {
  const { profiles } = await documents();
  t.deepEqual(profiles?.['ann'], {
    person: 'ann',
    name: 'Ann',
    about: 'sails',
    picture: null,
    timeZone: 'Europe/Vienna',
    language: null,
    country: null,
    findable: true,
    erased: false,
    since: at,
  });
  t.deepEqual(profiles?.['cyd'], {
    person: 'cyd',
    name: null,
    about: null,
    picture: null,
    timeZone: null,
    language: null,
    country: null,
    findable: true,
    erased: true,
    since: at,
  });
});

test('people are under the terms of their names as they are now, and nothing is left of an erased one', async (t) => {
  const { 'name-terms': terms } = await documents();
  const keys = Object.values(terms ?? {}).map(({ key }) => String(key));
  t.deepEqual(keys.toSorted(), ['ann\nann', 'bob\nbob', 'eve\neve']);
});
