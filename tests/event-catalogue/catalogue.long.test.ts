/** Holds the catalogue against the code that it is made of. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { tableOf, tableOfView } from '../../app/analytics/tables.ts';
import { withoutWords } from '../../app/analytics/without-words.ts';
import { cataloguedEvents, cataloguedViews } from '../../app/analytics/catalogue.ts';
import { sealing } from '../../domain/events.ts';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { testInBrowser } from '../web/browser.ts';
import { launchBrowser } from '../web/launch-browser.ts';
import { accessibilityFaults, picture } from '../web/pages.ts';
import { generateCatalogues } from './generate.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test('the catalogues are what the code says now', async (t) => {
  for (const [file, text] of await generateCatalogues()) {
    t.true(readFileSync(join(ROOT, file), 'utf8') === text, `${file} is stale: npm run catalogue`);
  }
});

test('every event type is catalogued, with its streams, who appends it and an example', (t) => {
  t.deepEqual(
    cataloguedEvents().map(({ type }) => type),
    Object.keys(sealing).toSorted(),
  );
  for (const { type, streams, appendedBy, schema, personal, example } of cataloguedEvents()) {
    t.true(streams.length > 0 && streams.every((category) => /^[a-z-]+$/.test(category)), `${type} stands in no stream`);
    t.true(appendedBy.length > 0, `nobody appends ${type}`);
    t.deepEqual(Object.keys(personal), Object.keys(sealing[type as keyof typeof sealing]));
    t.deepEqual(schemaFaults(example.data, schema), [], `the example of ${type} isn’t of its schema`);
  }
});

test('every event type and every view has a table, no two columns of which have one name', (t) => {
  for (const { type } of cataloguedEvents()) {
    const names = tableOf(type).columns.map(({ name }) => name.toLowerCase());
    t.is(new Set(names).size, names.length, `${type}: ${names.join(', ')}`);
  }
  t.true(cataloguedViews().length > 60);
});

test('of the views ids, moments, numbers and words of ours are shown, and no text that somebody wrote', (t) => {
  const columnsOf = (collection: string) => tableOfView(collection)?.columns.map(({ name }) => name);
  t.deepEqual(columnsOf('profiles'), ['id', 'person', 'findable', 'erased', 'since']);
  t.deepEqual(columnsOf('name-terms'), ['id']);
  t.false(columnsOf('messages')?.some((name) => ['text', 'entities', 'media', 'quote', 'preview'].includes(name)));
  const schema = {
    properties: { a: { type: 'string' }, b: { type: 'string', title: 'person' }, c: { type: 'string', title: 'email-address' }, d: { enum: ['on', 'off'] } },
  };
  t.deepEqual(withoutWords({ a: 'Ann', b: '7', c: 'ann@x.example', d: 'on', e: 'new', f: null }, schema), { b: '7', d: 'on' });
  const either = {
    properties: { a: { anyOf: [{ enum: [null, 'all'] }, { type: 'string' }] }, b: { type: 'array', items: { type: 'string', title: 'person' } } },
  };
  t.deepEqual(withoutWords({ a: 'Ann', b: ['7', { name: 'Ann' }] }, either), { b: ['7'] });
  t.deepEqual(withoutWords({ a: 'all' }, either), { a: 'all' });
});

testInBrowser('the catalogue is a page and JSON at the operations listener, which fits a narrow window', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const { events } = (await (await fetch(`${tidings.addresses.ops}/events.json`)).json()) as { readonly events: readonly object[] };
  t.is(events.length, cataloguedEvents().length);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    const faults: string[] = [];
    page.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())));
    await page.goto(`${tidings.addresses.ops}/events`);
    await page.getByRole('link', { name: 'chat.message-posted.v1' }).click();
    await page.getByRole('region', { name: 'chat.message-posted.v1' }).getByText('personal').first().waitFor();
    t.true(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    await picture(page, 'events-narrow');
    await page.setViewportSize({ width: 1_100, height: 800 });
    await picture(page, 'events');
    t.deepEqual(await accessibilityFaults(page), []);
    t.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
});

/** The fields that the schema doesn't know, or lacks. */
function schemaFaults(value: object, { properties = {}, required = [], anyOf }: ReturnType<typeof cataloguedEvents>[number]['schema']): readonly string[] {
  if (anyOf !== undefined) return [];
  return [...Object.keys(value).filter((field) => !(field in properties)), ...required.filter((field) => !(field in value))];
}
