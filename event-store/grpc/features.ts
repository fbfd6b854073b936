/** Lists the supported methods. Clients choose by it, so it is derived from the services that are served. */
import serverFeatures from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { ServiceDefinition } from '@grpc/grpc-js';

/** The version of EventStoreDB whose protocol this server speaks. */
const SERVER_VERSION = '24.6.0';

export function handleGetSupportedMethods(services: readonly ServiceDefinition[]) {
  const methods = services.flatMap((service) => Object.values(service).map(({ path }) => supported(path)));
  const answer = new serverFeatures.SupportedMethods().setEventStoreServerVersion(SERVER_VERSION).setMethodsList(methods);
  return () => Promise.resolve(answer);
}

function supported(path: string): serverFeatures.SupportedMethod {
  const [, service, method] = path.toLowerCase().split('/') as [string, string, string];
  return new serverFeatures.SupportedMethod().setServiceName(service).setMethodName(method).setFeaturesList(featuresOf(service, method));
}

function featuresOf(service: string, method: string): string[] {
  if (service.endsWith('persistentsubscriptions')) return ['stream', 'all'];
  if (service.endsWith('streams') && method === 'read') return ['position', 'events'];
  if (service.endsWith('streams') && method === 'batchappend') return ['deadline_duration'];
  return [];
}
