import test from 'ava';
import fc from 'fast-check';
import { given } from '../../shared/given-when-then.ts';
import type { AppId, TemplateId } from '../../shared/ids.ts';
import { upcast } from '../../upcast.ts';
import type { PartialEvent, TemplateEvent } from './events.ts';
import { chooseLocale, localesFor } from './locale.ts';
import { faultOfParameters, faultOfSchema, SCHEMA_DEPTH_MAX_LEVELS, type ParameterSchema } from './parameter-schema.ts';
import { partial } from './partial.ts';
import { template, TEMPLATE_LOCALES_MAX, TEMPLATE_MAX_BYTES, TEMPLATE_TEXT_MAX_BYTES, TEMPLATE_VERSIONS_MAX, pinnedVersion } from './template.ts';

const [shop, bank] = ['shop', 'bank'] as AppId[] as [AppId, AppId];
const id = 'welcome' as TemplateId;
const texts = { defaultLocale: 'en', locales: { en: { title: 'Welcome', body: 'Hello {{ name }}' } }, partials: {} };
const published = (version: number): TemplateEvent => ({ type: 'notifications.template-published.v2', data: { template: id, version, app: shop, ...texts } });
const publish = { type: 'publish', template: id, app: shop, appState: { status: 'active' }, ...texts } as const;

test('each publication is the next version', (t) => {
  given(template).when(publish).then(t, published(1));
  given(template, published(1)).when(publish).then(t, published(2));
});

test('only the app that owns a template publishes it, and only while it is active', (t) => {
  given(template, published(1))
    .when({ ...publish, app: bank })
    .thenRefused(t, 'template-unknown');
  given(template)
    .when({ ...publish, appState: { status: 'disabled' } })
    .thenRefused(t, 'app-disabled');
});

test('refuses a template without a body, with a fault, or too large', (t) => {
  const withBody = (body: string) => ({ ...publish, locales: { en: { body } } });
  given(template).when(withBody(' ')).thenRefused(t, 'template-invalid', { detail: 'the body is empty' });
  given(template)
    .when({ ...publish, fault: 'unclosed tag' })
    .thenRefused(t, 'template-invalid', { detail: 'unclosed tag' });
  given(template)
    .when(withBody('ü'.repeat(TEMPLATE_TEXT_MAX_BYTES / 2) + '!'))
    .thenRefused(t, 'content-too-large', { length: TEMPLATE_TEXT_MAX_BYTES + 1, max: TEMPLATE_TEXT_MAX_BYTES });
  given(template).when(withBody('\ud83d')).thenRefused(t, 'text-malformed');
  const partials = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`part-${i}`, 'a'.repeat(TEMPLATE_MAX_BYTES / 5)]));
  given(template)
    .when({ ...publish, partials })
    .thenRefused(t, 'content-too-large');
});

test('refuses what is no language, too many of them, and a template without a text in its own', (t) => {
  const body = { body: 'Hello' };
  given(template)
    .when({ ...publish, locales: { ...publish.locales, DE: body } })
    .thenRefused(t, 'template-invalid', { detail: 'DE is not a language, such as de or pt-BR' });
  given(template)
    .when({ ...publish, locales: { de: body } })
    .thenRefused(t, 'template-invalid', { detail: 'it has no text in its own language, en' });
  given(template)
    .when({ ...publish, locales: { ...publish.locales, de: { body: ' ' } } })
    .thenRefused(t, 'template-invalid', { detail: 'the body in de is empty' });
  const many = Object.fromEntries(
    Array.from({ length: TEMPLATE_LOCALES_MAX + 1 }, (_, i) => [`a${String.fromCodePoint(97 + Math.floor(i / 26), 97 + (i % 26))}`, body]),
  );
  given(template)
    .when({ ...publish, locales: many })
    .thenRefused(t, 'template-invalid');
});

test('refuses a version beyond the last possible one', (t) => {
  given(template, published(TEMPLATE_VERSIONS_MAX)).when(publish).thenRefused(t, 'template-invalid');
});

test('pins the newest version where none is named, and only a version that exists', (t) => {
  const state = template.evolve(template.initialState, published(3));
  t.is(pinnedVersion(state, { app: shop, version: undefined }), 3);
  t.is(pinnedVersion(state, { app: shop, version: 1 }), 1);
  for (const version of [0, 4, 1.5]) t.is(pinnedVersion(state, { app: shop, version }), undefined);
  t.is(pinnedVersion(state, { app: bank, version: 1 }), undefined);
  t.is(pinnedVersion(template.initialState, { app: shop, version: undefined }), undefined);
});

test('a version from before templates had languages is read as one in an unknown language', (t) => {
  const old = { template: id, version: 1, app: shop, title: 'Hi', body: 'Hello' };
  t.deepEqual(upcast('notifications.template-published.v1', old, {} as never).data, {
    template: id,
    version: 1,
    app: shop,
    defaultLocale: 'und',
    locales: { und: { title: 'Hi', body: 'Hello' } },
    partials: {},
  });
});

test('a partial has versions too, and publishing what it says already changes nothing', (t) => {
  const said = (version: number, body: string): PartialEvent => ({
    type: 'notifications.partial-published.v1',
    data: { app: shop, name: 'frame', version, body },
  });
  const command = { type: 'publish', app: shop, appState: { status: 'active' }, name: 'frame', body: '<p>' } as const;
  given(partial).when(command).then(t, said(1, '<p>'));
  given(partial, said(1, '<p>')).when(command).then(t);
  given(partial, said(1, '<p>'))
    .when({ ...command, body: '<b>' })
    .then(t, said(2, '<b>'));
  given(partial)
    .when({ ...command, fault: 'unclosed tag' })
    .thenRefused(t, 'template-invalid', { detail: 'unclosed tag' });
  given(partial)
    .when({ ...command, appState: { status: 'none' } })
    .thenRefused(t, 'app-unknown');
});

test('a person reads their own language, else the nearest that is less particular, else the template’s', (t) => {
  const chosen = (language: string | undefined, ...locales: string[]) =>
    chooseLocale({ defaultLocale: 'en', locales: Object.fromEntries(['en', ...locales].map((one) => [one, {}])) }, language);
  t.is(chosen('de-CH', 'de', 'de-CH'), 'de-CH');
  t.is(chosen('de-CH', 'de', 'de-AT'), 'de');
  t.is(chosen('de-CH', 'fr'), 'en');
  t.is(chosen(undefined, 'de'), 'en');
  t.is(chosen('zh-TW', 'zh', 'zh-Hant'), 'zh-Hant');
  t.is(chosen('zh-TW', 'zh'), 'zh');
  t.is(chosen('sr', 'sr-Latn'), 'en');
  t.is(chosen('constructor'.slice(0, 3), 'de'), 'en');
  t.deepEqual(localesFor('pt-BR'), ['pt-BR', 'pt-Latn', 'pt']);
});

const schema: ParameterSchema = {
  required: ['number', 'items'],
  properties: {
    number: { type: 'integer', minimum: 1 },
    paid: { type: 'boolean' },
    kind: { enum: ['gift', 'own', null] },
    items: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 5 } } } },
    sum: { type: 'number', maximum: 10 },
  },
  additionalProperties: false,
};

test('each parameter is held against the schema, and the first that is wrong is named as a template would', (t) => {
  const items = [{ name: 'rope' }];
  t.is(faultOfSchema(schema), undefined);
  t.is(faultOfParameters(undefined, { anything: 1 }), undefined);
  t.is(faultOfParameters(schema, { number: 1, items, paid: true, kind: null, sum: 9.5 }), undefined);
  for (const [parameters, path, detail] of [
    [{ items }, 'number', 'is required'],
    [{ number: 1.5, items }, 'number', 'must be a whole number'],
    [{ number: '1', items }, 'number', 'must be a whole number'],
    [{ number: 0, items }, 'number', 'must be at least 1'],
    [{ number: 1, items: [] }, 'items', 'must have at least 1 items'],
    [{ number: 1, items: [...items, ...items, ...items] }, 'items', 'must have at most 2 items'],
    [{ number: 1, items: [{ name: 'rope' }, {}] }, 'items[1].name', 'is required'],
    [{ number: 1, items: [{ name: '👨‍👩‍👧👨‍👩‍👧' }] }, 'items[0].name', 'must have at most 5 characters'],
    [{ number: 1, items: [{ name: 7 }] }, 'items[0].name', 'must be a string'],
    [{ number: 1, items, kind: 'loan' }, 'kind', 'must be one of "gift", "own", null'],
    [{ number: 1, items, paid: 'yes' }, 'paid', 'must be true or false'],
    [{ number: 1, items, sum: 11 }, 'sum', 'must be at most 10'],
    [{ number: 1, items, more: 1 }, 'more', 'is not expected'],
    [{ number: 1, items, constructor: 1 }, 'constructor', 'is not expected'],
  ] as const) {
    const fault = faultOfParameters(schema, parameters);
    t.deepEqual([fault?.path, fault?.detail], [path, detail]);
  }
});

test('a schema with anything that can’t be checked is refused with its place', (t) => {
  const nested = (levels: number): object => (levels === 0 ? { type: 'string' } : { type: 'array', items: nested(levels - 1) });
  for (const [wrong, complaint] of [
    [{ type: 'array' }, /of type object/],
    ['x', /of type object/],
    [{ properties: { a: { pattern: '(a+)+' } } }, /schema of a has the keyword pattern/],
    [{ properties: { a: { $ref: '#' } } }, /keyword \$ref/],
    [{ properties: { a: { type: 'date' } } }, /schema of a has a type/],
    [{ properties: { a: { maxLength: -1 } } }, /maxLength/],
    [{ properties: { a: true } }, /schema of a must be an object/],
    [{ properties: { a: { items: { enum: [] } } } }, /schema of a\[\] has a enum/],
    [{ required: 'a' }, /required/],
    [{ properties: { a: nested(SCHEMA_DEPTH_MAX_LEVELS) } }, /levels deep/],
    [{ properties: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`p${i}`, {}])) }, /more than 200 properties/],
  ] as const) {
    t.regex(faultOfSchema(wrong) ?? '', complaint);
    given(template)
      .when({ ...publish, parameters: wrong as ParameterSchema })
      .thenRefused(t, 'template-invalid');
  }
});

test('whatever the schema and the parameters are, checking them ends with an answer', (t) => {
  const list = (length: number): object => (length === 0 ? {} : { type: 'array', items: list(length - 1) });
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.nat({ max: 5 }), (wanted, value, levels) => {
      const usable = { properties: { value: faultOfSchema(wanted) === undefined ? (wanted as ParameterSchema) : list(levels) } };
      t.is(faultOfSchema(usable), undefined);
      const fault = faultOfParameters(usable, { value });
      t.true(fault === undefined || (fault.path.startsWith('value') && fault.detail !== ''));
    }),
    { numRuns: 100 },
  );
});
