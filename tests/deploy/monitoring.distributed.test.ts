/** deploy/monitoring and the rules by which Kubernetes scales: what Prometheus makes of them, and whether what they name is served. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { CHECK_NAMES } from '../../app/health/checks.ts';
import { PROJECTIONS_MESSAGES, WORKERS_MESSAGES } from '../../app/telemetry/log-messages.ts';
import { CHAT_PUSH_QUEUE } from '../../workers/chat/schedule-pushes.ts';
import { FAN_OUT_QUEUE } from '../../workers/feed/fan-out.ts';
import { FRIEND_POSTED_QUEUE } from '../../workers/feed/friend-posted.ts';
import { DUE_QUEUE } from '../../workers/notifications/deliver/delivery-jobs.ts';
import { FAILED_RECIPIENTS_QUEUE } from '../../workers/notifications/plan/failed-recipients.ts';
import { PLAN_QUEUE } from '../../workers/notifications/plan/plan-notifications.ts';
import { vendorQueueOf } from '../../workers/notifications/vendors/vendor-queue.ts';
import { ERASE_ACTIVITY_QUEUE } from '../../workers/people/erase-activity.ts';
import { testWith } from '../servers/availability.ts';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';
import { documentIn, run, textOf } from './deployment.ts';
import { manifests } from './manifests.ts';

const FOLDER = 'deploy/monitoring';
type Rule = { readonly alert: string; readonly expr: string; readonly annotations: { readonly section: string } };
type AdapterRule = { readonly seriesQuery: string; readonly name: { readonly as: string }; readonly metricsQuery: string };

const alerts = () =>
  documentIn<{ readonly groups: readonly { readonly rules: readonly Rule[] }[] }>(`${FOLDER}/alerts.yml`).groups.flatMap(({ rules }) => rules);
const board = JSON.parse(textOf(`${FOLDER}/board.json`)) as { readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[] };
const onBoard = board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const adapterRules = () =>
  documentIn<{ readonly rules: Readonly<Record<'custom' | 'external', readonly AdapterRule[]>> }>('deploy/kubernetes/prometheus-adapter.yaml').rules;
/** As prometheus-adapter asks Prometheus for the metric of a namespace. */
const queryOf = ({ seriesQuery, metricsQuery }: AdapterRule) =>
  metricsQuery
    .replaceAll('<<.Series>>', seriesQuery.replace(/\{.*/, ''))
    .replaceAll('<<.LabelMatchers>>', 'namespace="tidings"')
    .replaceAll('<<.GroupBy>>', 'namespace');
function expressions(): readonly string[] {
  const { custom, external } = adapterRules();
  return [...alerts().map(({ expr }) => expr), ...onBoard, ...[...custom, ...external].map(queryOf)];
}

const withPrometheus = testWith('promtool', 'kubernetes-validate');

testWith('promtool')('Prometheus takes the alerts and the configuration, and every case of the alerts comes out', async (t) => {
  for (const args of [
    ['check', 'rules', 'alerts.yml'],
    ['check', 'config', 'prometheus.yml'],
    ['test', 'rules', 'alerts.test.yml'],
  ]) {
    const { status, output } = run('promtool', [...args.slice(0, 2), join(FOLDER, args[2] ?? '')]);
    t.is(status, 0, output);
  }
});

withPrometheus('the configuration for a cluster is right but for discovery, which Debian’s Prometheus can’t read', async (t) => {
  type Configuration = { readonly rule_files: readonly string[]; readonly scrape_configs: readonly Readonly<Record<string, unknown>>[] };
  const { scrape_configs: jobs, rule_files: _, ...rest } = documentIn<Configuration>(`${FOLDER}/prometheus-kubernetes.yml`);
  const folder = mkdtempSync(join(tmpdir(), 'tidings-prometheus-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, JSON.stringify({ ...rest, scrape_configs: jobs.map(({ kubernetes_sd_configs: discovery, ...job }) => (t.truthy(discovery), job)) }));
  const { status, output } = run('promtool', ['check', 'config', file]);
  t.is(status, 0, output);
});

withPrometheus('every metric that an alert, a panel or a scaler names is served by a process', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path);
  const served = await (await fetch(`${tidings.urls.operations ?? ''}/metrics`)).text();
  const known = new Map(Array.from(served.matchAll(/^# TYPE (\w+) (\w+)$/gm), ([, name = '', kind = '']) => [name, kind]));
  const named = new Set(expressions().flatMap((expression) => Array.from(expression.matchAll(/\b(?:tidings|process|nodejs)_\w+/g), ([name]) => name)));
  const isServed = (name: string) => known.has(name) || known.get(name.replace(/_(bucket|count|sum)$/, '')) === 'histogram';
  t.true(named.size > 25);
  t.deepEqual(
    [...named].filter((name) => !isServed(name)),
    [],
  );
});

withPrometheus('labels are given values that they can have', async (t) => {
  const valuesOf = (label: string) =>
    expressions().flatMap((expression) =>
      Array.from(expression.matchAll(new RegExp(`\\b${label}=~?"([^"]+)"`, 'g')), ([, value = '']) => value.split('|')).flat(),
    );
  t.deepEqual(
    valuesOf('check').filter((check) => !(CHECK_NAMES as readonly string[]).includes(check)),
    [],
  );
  t.deepEqual(
    valuesOf('event').filter((event) => !(event in { ...PROJECTIONS_MESSAGES, ...WORKERS_MESSAGES })),
    [],
  );
  t.true(textOf('app/start.ts').includes("failureReporter('leases')"));
});

withPrometheus('what every process tells alike is never summed over processes', async (t) => {
  const told = /(\w+)(?: by \([^)]*\))? ?\((?:max_over_time\()?tidings_(?:queue|projection)_\w+/g;
  let found = 0;
  for (const expression of expressions()) {
    const aggregations = Array.from(expression.matchAll(told), ([, operator]) => operator);
    found += aggregations.length;
    t.is(aggregations.length, Array.from(expression.matchAll(/tidings_(queue|projection)_\w+/g)).length, expression);
    t.true(
      aggregations.every((operator) => operator === 'max'),
      expression,
    );
  }
  t.true(found > 15);
});

withPrometheus('every alert has a case in which it fires, and a section that says what to do; no section is of an alert that is gone', async (t) => {
  const cases = textOf(`${FOLDER}/alerts.test.yml`);
  for (const { alert, annotations } of alerts()) {
    t.regex(cases, new RegExp(`alertname(=|: )"?${alert}\\b`), alert);
    t.is(annotations.section, `docs/operating.md#${alert.toLowerCase()}`);
  }
  const sections = Array.from(textOf('docs/operating.md').matchAll(/^#+ (Tidings[A-Z]\w+)$/gm), ([, name]) => name);
  t.deepEqual(
    sections,
    alerts().map(({ alert }) => alert),
  );
});

withPrometheus('every metric that a scaler asks for is made by a rule of prometheus-adapter, of the queues of its role', async (t) => {
  const { custom, external } = adapterRules();
  const scaled = manifests().filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  const asked = scaled.flatMap(({ spec }) => spec.metrics.flatMap(({ external: one }) => (one === undefined ? [] : [one.metric.name])));
  t.deepEqual(external.map(({ name }) => name.as).toSorted(), asked.toSorted());
  t.deepEqual(
    custom.map(({ name }) => name.as),
    scaled.flatMap(({ spec }) => spec.metrics.flatMap(({ pods }) => (pods === undefined ? [] : [pods.metric.name]))),
  );
  const queues = {
    fan_out: [FAN_OUT_QUEUE],
    planning: [PLAN_QUEUE, FAILED_RECIPIENTS_QUEUE, FRIEND_POSTED_QUEUE, CHAT_PUSH_QUEUE, ERASE_ACTIVITY_QUEUE],
    delivery: [DUE_QUEUE, vendorQueueOf({ channel: 'push', vendor: 'outbox-push', priority: 'high' })],
  };
  for (const [role, ofRole] of Object.entries(queues)) {
    for (const { metricsQuery } of external.filter(({ name }) => name.as.startsWith(`tidings_${role}_`))) {
      const pattern = new RegExp(`^(${/queue=~"([^"]+)"/.exec(metricsQuery)?.[1] ?? ''})$`);
      t.deepEqual(
        Object.values(queues)
          .flat()
          .filter((queue) => pattern.test(queue))
          .toSorted(),
        ofRole.toSorted(),
        metricsQuery,
      );
    }
  }
});

withPrometheus('scalers are told of a queue and of a lag once, however many processes tell of it', async (t) => {
  const { external, custom } = adapterRules();
  const of = (name: string) => queryOf([...external, ...custom].find((rule) => rule.name.as === name) as AdapterRule);
  const series = (metric: string, labels: string, values: readonly [number, number]) =>
    values.map((value, i) => ({ series: `${metric}{namespace="tidings",pod="p${i}",${labels}}`, values: `${value}x4` }));
  const queue = (name: string) => `queue="${name}",state="waiting"`;
  const sms = vendorQueueOf({ channel: 'sms', vendor: 'outbox-sms', priority: 'normal' });
  const cases: readonly (readonly [string, readonly (readonly { series: string; values: string }[])[], number])[] = [
    [
      'tidings_delivery_waiting_jobs',
      [
        series('tidings_queue_depth', queue(sms), [70, 70]),
        series('tidings_queue_depth', queue(DUE_QUEUE), [5, 5]),
        series('tidings_queue_depth', queue(PLAN_QUEUE), [900, 900]),
      ],
      75,
    ],
    ['tidings_delivery_oldest_age_seconds', [series('tidings_queue_oldest_age_seconds', `queue="${sms}"`, [40, 41])], 41],
    [
      'tidings_projections_lag_seconds',
      [
        series('tidings_projection_lag_seconds', 'role="projections",projection="inbox"', [0, 12]),
        series('tidings_projection_lag_seconds', 'role="planning",projection="plans"', [99, 0]),
      ],
      12,
    ],
    ['tidings_gateway_connections', [series('tidings_gateway_connections', 'role="gateway"', [3, 4])], 7],
  ];
  const folder = mkdtempSync(join(tmpdir(), 'tidings-scaling-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'test.yml');
  const tests = cases.map(([name, input, value]) => ({
    interval: '15s',
    input_series: input.flat(),
    promql_expr_test: [{ expr: of(name), eval_time: '1m', exp_samples: [{ labels: '{namespace="tidings"}', value }] }],
  }));
  writeFileSync(file, JSON.stringify({ tests }));
  const { status, output } = run('promtool', ['test', 'rules', file]);
  t.is(status, 0, output);
});

test('no panel of the board is empty or named twice', (t) => {
  const panels = board.panels as readonly { readonly type: string; readonly title: string; readonly targets?: readonly unknown[] }[];
  t.is(new Set(panels.map(({ title }) => title)).size, panels.length);
  for (const { type, title, targets = [] } of panels) t.is(targets.length > 0, type !== 'row', title);
});
