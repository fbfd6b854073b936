/** What Kubernetes is given: the manifests of deploy/kubernetes with the patch that its kustomization applies to every process. */
import { join } from 'node:path';
import { documentIn, documentsIn, textOf } from './deployment.ts';

const FOLDER = 'deploy/kubernetes';

export type Labels = Readonly<Record<string, string>>;
export type Probe = { readonly httpGet: { readonly path: string; readonly port: string } };
export type Container = {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly requests: Labels; readonly limits: Labels };
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
};
/** Each kind has some of these; a test takes those of the kind that it has. */
type Spec = {
  readonly replicas: number | undefined;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly metrics: readonly Metric[];
  readonly behavior: { readonly scaleDown: { readonly policies: readonly object[] } };
  readonly serviceName: string;
  readonly clusterIP: string | undefined;
  readonly selector: Labels & { readonly matchLabels: Labels };
  readonly ports: readonly { readonly port: number; readonly targetPort?: string }[];
  readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec };
};
type PodSpec = {
  readonly containers: readonly [Container];
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly topologySpreadConstraints: readonly [{ readonly labelSelector: { readonly matchLabels: Labels } }];
};
export type Metric = {
  readonly pods?: { readonly metric: { readonly name: string }; readonly target: { readonly averageValue: string } };
  readonly external?: { readonly metric: { readonly name: string } };
};
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels; readonly namespace?: string };
  readonly data?: Labels;
  readonly spec: Spec;
};
type Kustomization = {
  readonly namespace: string;
  readonly resources: readonly string[];
  readonly patches: readonly { readonly path: string; readonly target: { readonly labelSelector: string } }[];
};

export const kustomization = (): Kustomization => documentIn(join(FOLDER, 'kustomization.yaml'));

let read: readonly Manifest[] | undefined;
/** All but what other folders bring. Python takes its time, so they are read once. */
export const manifests = (): readonly Manifest[] => (read ??= readManifests());

function readManifests(): readonly Manifest[] {
  const { resources, patches } = kustomization();
  const files = resources.filter((path) => path.endsWith('.yaml')).map((path) => textOf(join(FOLDER, path)));
  const plain = documentsIn<Manifest>(files.join('\n---\n'));
  return patches.reduce<readonly Manifest[]>((all, { path, target }) => {
    const { spec } = documentIn<Manifest>(join(FOLDER, path));
    const [label = '', value] = target.labelSelector.split('=');
    return all.map((one) => (one.metadata.labels?.[label] === value ? { ...one, spec: merge(one.spec, spec) as Spec } : one));
  }, plain);
}

/** Kubernetes’ strategic merge, as far as it is used here: members of a list are the same by their name, or their port. */
function merge(into: unknown, patch: unknown): unknown {
  if (Array.isArray(into) && Array.isArray(patch)) {
    const others = into.filter((one) => !patch.some((other) => keyOf(other) === keyOf(one)));
    return [...patch.map((one: unknown) => merge(into.find((other) => keyOf(other) === keyOf(one)) ?? {}, one)), ...others];
  }
  if (!isObject(into) || !isObject(patch)) return patch;
  return Object.fromEntries(
    [...new Set([...Object.keys(into), ...Object.keys(patch)])].map((key) => [key, key in patch ? merge(into[key], patch[key]) : into[key]]),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const keyOf = (member: unknown): unknown => (isObject(member) ? (member['containerPort'] ?? member['mountPath'] ?? member['name'] ?? member) : member);
