/** deploy/kubernetes against the schemas of Kubernetes' API, against the settings and roles of Tidings, and in itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { configFrom } from '../../app/config/config.ts';
import { ROLES } from '../../app/config/settings.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { testWith } from '../servers/availability.ts';
import { documentsIn, makeSecrets, run, textOf } from './deployment.ts';
import { kustomization, manifests, type Container, type Manifest, type Probe } from './manifests.ts';

const NEEDS_SECONDS_MIN = 5;
const withKubernetes = testWith('kubernetes-validate');
const all = (kind: string) => manifests().filter((one) => one.kind === kind);
const workloads = () => manifests().filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
const processes = () => workloads().filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'tidings');
const containerOf = ({ spec }: Manifest): Container => spec.template.spec.containers[0];
const settingsOf = (workload: Manifest): Readonly<Record<string, string>> => ({
  ...all('ConfigMap')[0]?.data,
  ...Object.fromEntries((containerOf(workload).env ?? []).map(({ name, value }) => [name, value ?? `${workload.metadata.name}-0`])),
});

const folder = mkdtempSync(join(tmpdir(), 'tidings-kubernetes-'));
const secrets = makeSecrets(folder);
writeFileSync(join(secrets, 'eventstore-urls'), 'esdb+discover://tidings:secret@eventstore.example.org\n');
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
const configOf = (workload: Manifest) =>
  configFrom(Object.fromEntries(Object.entries(settingsOf(workload)).map(([name, value]) => [name, value.replace('/run/secrets/tidings', secrets)])));

withKubernetes('every manifest is valid by the schemas of Kubernetes', async (t) => {
  const files = manifests().map((manifest, i) => {
    const file = join(folder, `${i}.yaml`);
    writeFileSync(file, JSON.stringify(manifest)); // JSON is YAML
    return file;
  });
  t.true(files.length > 25);
  const { status, output } = run('kubernetes-validate', ['--strict', ...files]);
  t.is(
    status,
    0,
    output
      .split('\n')
      .filter((line) => !line.startsWith('INFO'))
      .join('\n'),
  );
});

withKubernetes('every role but the event store is there, at least twice, with settings that Tidings takes', async (t) => {
  const replicas = new Map(all('HorizontalPodAutoscaler').map(({ spec }) => [String(spec.scaleTargetRef.name), Number(spec.minReplicas)]));
  t.deepEqual(
    processes()
      .map(({ metadata }) => metadata.name)
      .toSorted(),
    ROLES.filter((role) => role !== 'event-store').toSorted(),
  );
  for (const workload of processes()) {
    const { name } = workload.metadata;
    t.deepEqual(configOf(workload).roles.join(), name);
    t.true((replicas.get(name) ?? Number(workload.spec.replicas)) >= 2, name);
    t.is(replicas.has(name), workload.spec.replicas === undefined, `${name}: whoever scales it sets how many there are`);
  }
});

withKubernetes('fronts know the APIs and gateways by their services, and have neither secrets nor what the other processes are told', async (t) => {
  const front = workloads().find(({ metadata }) => metadata.name === 'front') as Manifest;
  const { env = [], ...container } = containerOf(front);
  const shared = all('ConfigMap')[0]?.data ?? {};
  const keyOf = (valueFrom: unknown) => (valueFrom as { configMapKeyRef: { key: string } }).configMapKeyRef.key;
  const settings = Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? shared[keyOf(valueFrom)]]));
  const { frontUpstreams, ports, publicUrl } = configFrom(settings);
  const services = all('Service').map(({ metadata, spec }) => [metadata.name, spec.ports[0]?.port]);
  for (const address of Object.values(frontUpstreams ?? {})) {
    const { hostname, port } = new URL(address);
    t.true(
      services.some(([name, open]) => name === hostname && open === Number(port)),
      address,
    );
  }
  t.true(container.ports.some(({ name, containerPort }) => name === 'front' && containerPort === ports.front));
  t.is(publicUrl, shared['TIDINGS_PUBLIC_URL']);
  t.notRegex(JSON.stringify(front), /secret/);
});

withKubernetes('gateways keep their names, and tell them to clients', async (t) => {
  const gateway = processes().find(({ metadata }) => metadata.name === 'gateway');
  t.is(gateway?.kind, 'StatefulSet');
  t.deepEqual(containerOf(gateway as Manifest).env?.find(({ name }) => name === 'TIDINGS_GATEWAY_ID')?.valueFrom, { fieldRef: { fieldPath: 'metadata.name' } });
  t.regex(configOf(gateway as Manifest).gateway.publicUrl ?? '', /^wss:.*\/gateway\/gateway-0$/);
  t.is(all('Service').find(({ metadata }) => metadata.name === gateway?.spec.serviceName)?.spec.clusterIP, 'None');
});

withKubernetes('processes are asked for health on a port that they have, and are drained before they are stopped', async (t) => {
  const { ports } = configFrom({});
  const known = { operations: ports.ops, write: ports.write, read: ports.read, gateway: ports.gateway };
  for (const workload of processes()) {
    const { ports: open, startupProbe, livenessProbe, readinessProbe, lifecycle } = containerOf(workload);
    for (const { name, containerPort } of open) t.is(known[name as keyof typeof known], containerPort, name);
    const isAsked = ({ httpGet: { path, port } }: Probe) => [path, open.find(({ name }) => name === port)?.containerPort];
    t.deepEqual(
      [startupProbe, livenessProbe, readinessProbe].map(isAsked),
      ['live', 'live', 'ready'].map((what) => [`/health/${what}`, ports.ops]),
    );
    const [program, pause] = lifecycle.preStop.exec.command;
    t.is(program, 'sleep');
    const left = Number(workload.spec.template.spec.terminationGracePeriodSeconds) - Number(pause) - configOf(workload).stopDeadlineMs / 1_000;
    t.true(left >= NEEDS_SECONDS_MIN, `${left} s are left`);
  }
});

withKubernetes('every container is without privileges, writes nowhere but where it is given room, and has limits', async (t) => {
  for (const workload of workloads()) {
    const { securityContext, resources } = containerOf(workload);
    const { name } = workload.metadata;
    t.like(securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }, name);
    t.like(workload.spec.template.spec.securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, name);
    t.false(workload.spec.template.spec.automountServiceAccountToken, name);
    t.truthy(resources.requests['cpu'] && resources.requests['memory'] && resources.limits['memory'], name);
  }
});

withKubernetes('selectors find the pods that they are for: budgets, services, spreads', async (t) => {
  const podsOf = (labels: object) =>
    workloads().filter(({ spec }) => Object.entries(labels).every(([key, value]) => spec.template.metadata.labels[key] === value));
  const budgets = all('PodDisruptionBudget').map(({ metadata, spec }) => ({ name: metadata.name, found: podsOf(spec.selector.matchLabels) }));
  t.deepEqual(
    budgets.map(({ name }) => name).toSorted(),
    workloads()
      .map(({ metadata }) => metadata.name)
      .toSorted(),
  );
  for (const { name, found } of budgets)
    t.deepEqual(
      found.map(({ metadata }) => metadata.name),
      [name],
    );
  for (const { metadata, spec } of all('Service')) {
    const [found, ...others] = podsOf(spec.selector);
    t.deepEqual(others, [], metadata.name);
    const open = containerOf(found as Manifest)
      .ports.map(({ name, containerPort }) => [name, containerPort])
      .flat();
    for (const { port, targetPort = port } of spec.ports) t.true(open.includes(targetPort), `${metadata.name}: ${targetPort}`);
  }
  for (const { metadata, spec } of workloads())
    t.deepEqual(
      podsOf(spec.template.spec.topologySpreadConstraints[0].labelSelector.matchLabels).map((one) => one.metadata.name),
      [metadata.name],
    );
});

withKubernetes('nginx finds the services and gateways by the names that they have', async (t) => {
  const { namespace } = kustomization();
  const nginx = workloads().find(({ metadata }) => metadata.name === 'nginx') as Manifest;
  const environment = Object.fromEntries((containerOf(nginx).env ?? []).map(({ name, value }) => [name, value]));
  t.is(environment['NGINX_SERVICE_DOMAIN'], `.${namespace}.svc.cluster.local`);
  t.is(environment['NGINX_GATEWAY_DOMAIN'], `.gateway.${namespace}.svc.cluster.local`);
  const variables = new Set(Array.from(textOf('deploy/nginx/tidings.conf.template').matchAll(/\$\{(NGINX_\w+)\}/g), ([, name = '']) => name));
  variables.delete('NGINX_LOCAL_RESOLVERS');
  for (const name of variables) t.true(name in environment, name);
  const services = all('Service').map(({ metadata }) => metadata.name);
  for (const [, name = ''] of textOf('deploy/nginx/tidings.conf.template').matchAll(/ ([\w-]+)\$\{NGINX_SERVICE_DOMAIN\}/g))
    t.true(services.includes(name), name);
});

withKubernetes('gateways shrink by one in ten minutes, and projections grow to no more than their units', async (t) => {
  const scalerOf = (name: string) => all('HorizontalPodAutoscaler').find(({ metadata }) => metadata.name === name)?.spec;
  t.deepEqual(scalerOf('gateway')?.behavior.scaleDown.policies, [{ type: 'Pods', value: 1, periodSeconds: 600 }]);
  t.true(Number(scalerOf('gateway')?.metrics[0]?.pods?.target.averageValue) < configFrom({}).gateway.connectionsMax);
  const { projectionShards } = configOf(processes().find(({ metadata }) => metadata.name === 'projections') as Manifest);
  t.is(scalerOf('projections')?.maxReplicas, projectors.length * projectionShards);
  for (const { metadata, spec } of all('HorizontalPodAutoscaler')) {
    const target = workloads().find((one) => one.metadata.name === metadata.name);
    t.deepEqual(spec.scaleTargetRef, { apiVersion: target?.apiVersion, kind: target?.kind, name: target?.metadata.name });
  }
});

const hasKustomize = run('kubectl', ['kustomize', '--help']).status === 0 && run('kubectl', ['kustomize', 'deploy/kubernetes']).status === 0;
(hasKustomize ? test : test.skip)('kustomize makes of it what is tested here', (t: ExecutionContext) => {
  const made = documentsIn<Manifest>(run('kubectl', ['kustomize', 'deploy/kubernetes']).output);
  const ours = manifests();
  for (const workload of ours.filter(({ kind }) => kind !== 'Namespace')) {
    const same = made.find(({ kind, metadata }) => kind === workload.kind && metadata.name === workload.metadata.name);
    t.is(same?.metadata.namespace, 'tidings', workload.metadata.name);
    if (workload.kind === 'Deployment' || workload.kind === 'StatefulSet') {
      const { image, env = [], ...container } = containerOf(same as Manifest);
      const { image: named, env: expected = [], ...others } = containerOf(workload);
      t.deepEqual(container, others, workload.metadata.name);
      t.deepEqual(env, expected);
      t.true(image.startsWith(named));
    } else t.deepEqual(same?.spec, workload.spec);
  }
  t.true(made.some(({ kind, metadata, data }) => kind === 'ConfigMap' && metadata.name.startsWith('nginx-') && 'tidings.conf.template' in (data ?? {})));
});
