import type { Json, Report } from '../krm/result.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { secretVariableName, type Variable } from '../secret-env.ts';
import type { Provider } from '../spec/providers.ts';
import { parseHttpUrl } from './endpoint.ts';

/** Settings of the CR's telemetry provider and the variable that each becomes. */
const settingVariables: Readonly<Record<string, string>> = {
  service_name: 'OTEL_SERVICE_NAME',
  serviceName: 'OTEL_SERVICE_NAME',
  protocol: 'OTEL_EXPORTER_OTLP_PROTOCOL',
  traces_exporter: 'OTEL_TRACES_EXPORTER',
  metrics_exporter: 'OTEL_METRICS_EXPORTER',
  logs_exporter: 'OTEL_LOGS_EXPORTER',
};

/**
 * The OTEL_* variables for `providers.telemetry`: no release since 0.3 has a telemetry provider, its images read the
 * OpenTelemetry variables instead. Reports more than one, a type that is not `opentelemetry`, and unknown settings.
 */
export function resolveTelemetry(
  providers: readonly Provider[],
  stackName: string,
  report: Report,
): readonly Variable[] {
  const [provider, second] = providers.filter((candidate) => candidate.api === 'telemetry');
  if (provider === undefined) return [];
  if (second !== undefined)
    report.error(
      second.at,
      'Only one telemetry provider is possible: it becomes the OTEL_* variables of the pod; remove this one',
    );
  const type = provider.provider?.replace(/^(remote|inline)::/, '');
  if (type !== undefined && type !== 'opentelemetry') {
    report.error(
      provider.at.field('provider'),
      'The telemetry provider must be "opentelemetry": no release since 0.3 has another',
      {
        currentValue: provider.provider,
        proposedValue: 'opentelemetry',
      },
    );
  }
  const variables = new Map<string, Variable>();
  variables.set('OTEL_SERVICE_NAME', { name: 'OTEL_SERVICE_NAME', value: stackName });
  addEndpoint(provider, variables, report);
  addSettings(provider, variables, report);
  return [...addSecrets(provider, report), ...variables.values()];
}

function addEndpoint(provider: Provider, variables: Map<string, Variable>, report: Report): void {
  const { endpoint } = provider;
  if (endpoint === undefined) {
    report.error(
      provider.at.field('endpoint'),
      'Telemetry needs the `endpoint` of an OTLP collector: "http://collector:4318"',
    );
    return;
  }
  if (parseHttpUrl(endpoint) === undefined) {
    report.error(provider.at.field('endpoint'), '`endpoint` must be a URL with the scheme "http" or "https"', {
      currentValue: endpoint,
    });
    return;
  }
  variables.set('OTEL_EXPORTER_OTLP_ENDPOINT', { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: endpoint });
  variables.set('OTEL_EXPORTER_OTLP_PROTOCOL', { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'http/protobuf' });
}

function addSettings(provider: Provider, variables: Map<string, Variable>, report: Report): void {
  for (const [key, value] of Object.entries(provider.settings)) {
    const at = provider.at.field('settings').field(key);
    const name = settingVariables[key] ?? (/^OTEL_[A-Z0-9_]+$/.test(key) ? key : undefined);
    if (name === undefined) {
      const known = Object.keys(settingVariables);
      const near = nearest(key, known);
      report.error(
        at,
        `Telemetry has no setting "${key}"${didYouMean(near)}; must be one of: ${known.join(', ')}, or an OTEL_* variable`,
        {
          currentValue: key,
          proposedValue: near,
        },
      );
    } else if (isScalar(value)) variables.set(name, { name, value: String(value) });
    else report.error(at, `"${key}" must be a string, since it becomes the variable ${name}`, { currentValue: value });
  }
}

/** The key goes as a header; the secret's variable stands before the one that Kubernetes expands it into. */
function addSecrets(provider: Provider, report: Report): readonly Variable[] {
  for (const [key, secret] of Object.entries(provider.secretRefs)) {
    if (!/^OTEL_[A-Z0-9_]+$/.test(key))
      report.error(secret.at, `"${key}" must be the name of an OTEL_* variable`, { currentValue: key });
  }
  const named = Object.entries(provider.secretRefs).map(([name, secret]): Variable => ({ name, secret }));
  if (provider.apiKey === undefined) return named;
  const key = secretVariableName(provider.id ?? 'opentelemetry', 'api_key');
  return [
    ...named,
    { name: key, secret: provider.apiKey },
    { name: 'OTEL_EXPORTER_OTLP_HEADERS', value: `authorization=Bearer%20$(${key})`, expands: true },
  ];
}

function isScalar(value: Json): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
