/** Which words a person gets is looked up just before each attempt: the newest version that fits, in their language. */
import test from 'ava';
import { inEnglish } from '../../../commands/test-fixture.ts';
import type { TemplateTexts } from '../../../domain/notifications/templates/events.ts';
import { isErased } from '../../../domain/shared/event.ts';
import type { DeliveryId, TemplateId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, plus } from '../../../domain/shared/instant.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import { startDeliveriesForTest } from '../test-fixture.ts';
import { renderContentWith, renderedInWith } from './render-content.ts';

type Started = Awaited<ReturnType<typeof startDeliveriesForTest>>;

const texts = (body: string): TemplateTexts => ({ title: 'Hi', body });

async function publish({ work, app }: Started, version: object, template?: TemplateId): Promise<TemplateId> {
  const command = { app, ...inEnglish(texts('Hello')), ...version, ...(template !== undefined && { template }) };
  const { id, handled } = await work.commands.publishTemplate(command, work.by(`app:${app}`));
  if (handled.outcome === 'refused') throw new Error(JSON.stringify(handled.refusal));
  return id;
}

async function renderedOf({ work }: Started, delivery: DeliveryId) {
  const events = [];
  for await (const stored of work.log.readStream(deliveryStream(delivery), { from: 0 })) events.push({ stored, event: await work.codec.decode(stored) });
  return events.flatMap(({ stored, event }) => (event.type === 'notifications.attempt-started.v1' ? [{ stored, rendered: event.data.rendered }] : []));
}

test('each recipient reads the message in their own language, and what they got is recorded, sealed', async (t) => {
  await using all = await startDeliveriesForTest(3);
  const { work, recipients } = all;
  const [ann, bea] = recipients;
  if (ann === undefined || bea === undefined) return t.fail();
  await work.commands.changeProfile({ person: ann, language: 'de-CH' }, work.by(ann));
  await work.commands.changeProfile({ person: bea, language: 'fr' }, work.by(bea));
  const template = await publish(all, { locales: { en: texts('Hello {{ name }}'), de: texts('Hallo {{ name }}') } });
  const deliveries = await all.untilEnded(await all.request({ content: undefined, template: { template }, parameters: { name: 'you' } } as never));
  t.deepEqual((await all.sent()).map(({ body }) => body).toSorted(), ['Hallo you', 'Hello you', 'Hello you']);
  const ofAnn = deliveries.find(({ recipient }) => recipient === ann);
  if (ofAnn === undefined) return t.fail();
  t.is(ofAnn.templateVersion, 1);
  t.false(JSON.stringify(ofAnn.history).includes('digest'), 'the app is not told which language it was');
  const [attempt] = await renderedOf(all, ofAnn.delivery);
  t.like(attempt?.rendered, { template, version: 1, locale: 'de' });
  t.false(Buffer.from(attempt?.stored.data ?? []).includes('"locale"'));
  t.like(await renderedInWith(work)(ofAnn.delivery, 1), { version: 1, locale: 'de' });
  t.is(await renderedInWith(work)(ofAnn.delivery, 2), undefined);
  await work.commands.erasePerson({ person: ann }, work.by(ann));
  await work.untilIdle();
  t.true(isErased((await renderedOf(all, ofAnn.delivery))[0]?.rendered));
  t.is(await renderedInWith(work)(ofAnn.delivery, 1), undefined);
});

test('what waits is sent with the newest version that its parameters satisfy, and one that names a version with that one', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const { work } = all;
  const template = await publish(all, { locales: { en: texts('First {{ name }}') } });
  const sendAt = plus(work.clock(), HOUR_MS);
  const asked = { content: undefined, parameters: { name: 'Ann' }, sendAt } as never as { readonly parameters: Record<string, unknown> };
  const loose = await all.request({ ...asked, template: { template } });
  const pinned = await all.request({ ...asked, template: { template, version: 1 } });
  const fussy = await all.request({ ...asked, template: { template }, parameters: { name: 'a name that is too long' } });
  await publish(all, { locales: { en: texts('Second {{ name }}') }, parameters: { properties: { name: { type: 'string', maxLength: 5 } } } }, template);
  await publish(all, { locales: { en: texts('Third {{ name }} {{ other }}') } }, template);
  await publish(all, { locales: { en: texts('{% if name == "nobody" %}Fourth{% endif %}') } }, template);
  const deliveries = await all.untilEnded([loose, pinned, fussy], { count: 3, stepMs: MINUTE_MS });
  t.deepEqual((await all.sent()).map(({ body }) => body).toSorted(), ['First Ann', 'First a name that is too long', 'Second Ann']);
  t.deepEqual(
    deliveries.map(({ templateVersion }) => templateVersion),
    [2, 1, 1],
  );
});

test('an attempt that is asked about is made again as it was, whatever was published since', async (t) => {
  await using all = await startDeliveriesForTest(1);
  const template = await publish(all, { locales: { en: texts('First'), de: texts('Erste') } });
  const [delivery] = await all.untilEnded(await all.request({ content: undefined, template: { template, language: 'de' }, parameters: {} } as never));
  if (delivery === undefined) return t.fail();
  await publish(all, { locales: { en: texts('Second'), de: texts('Zweite') } }, template);
  const [attempt] = await renderedOf(all, delivery.delivery);
  t.like(attempt?.rendered, { version: 1, locale: 'de' });
  const request = { template: { template, version: 1 }, parameters: {} } as never;
  const renderedFrom = attempt?.rendered as never;
  t.like(await renderContentWith(all.work)(request, { language: undefined, renderedFrom }), { content: { body: 'Erste' }, from: { version: 1, locale: 'de' } });
  t.like(await renderContentWith(all.work)(request, { language: 'de' }), { content: { body: 'Zweite' }, from: { version: 2, locale: 'de' } });
});
