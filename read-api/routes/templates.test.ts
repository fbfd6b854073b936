import test from 'ava';
import { inEnglish } from '../../commands/test-fixture.ts';
import { givenReadApi } from '../test-fixture.ts';

test('an app sees its own templates with their versions by the page, and nobody else’s', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const ada = await api.person();
  const [shop, bank] = [await api.app(ada), await api.app(ada)];
  const publish = async (fields: object) =>
    (await api.expectSuccess(commands.publishTemplate({ app: shop.app, ...inEnglish({ body: 'One' }), ...fields }, by(`app:${shop.app}`)))).id;
  const first = await publish({ name: 'First' });
  const second = await publish({});
  await publish({ template: first, name: 'Renamed', parameters: { properties: { n: { type: 'integer' } } }, tracking: { links: true } });
  await publish({ template: first, locales: { en: { body: 'Three' }, de: { body: 'Drei' } } });
  await api.work.untilIdle();

  const page = (await api.requestAfterWrites(shop, '/v1/templates?limit=1')).body;
  const rest = (await api.request(shop, `/v1/templates?after=${page.next}`)).body;
  t.is(rest.next, null);
  const listed = new Map([...page.templates, ...rest.templates].map((one) => [one.id, one]));
  t.deepEqual([...listed.keys()].toSorted(), [first, second].toSorted());
  t.like(listed.get(first), { name: null, version: 3, language: 'en', languages: ['en', 'de'] });

  const newest = (await api.request(shop, `/v1/templates/${first}?limit=2`)).body;
  t.like(newest, {
    id: first,
    version: 3,
    next: '2',
    versions: [
      { version: 3, locales: { de: { body: 'Drei' } } },
      { version: 2, tracking: { links: true } },
    ],
  });
  const oldest = (await api.request(shop, `/v1/templates/${first}?before=2`)).body;
  t.like(oldest, { next: null, versions: [{ version: 1, parameters: null, tracking: null, partials: {} }] });

  t.deepEqual((await api.request(bank, '/v1/templates')).body, { templates: [], next: null });
  t.like(await api.request(bank, `/v1/templates/${first}`), { status: 404, body: { code: 'template-unknown' } });
});
