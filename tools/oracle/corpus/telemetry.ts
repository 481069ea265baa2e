import fc from 'fast-check';
import type { JsonObject } from '../../../src/krm/result.ts';
import { maybe, present, secretRef, type Draw } from './draw.ts';

/** `spec.providers.telemetry`: a collector, its key, and what is sent there. */
export function telemetry(): Draw<JsonObject> {
  return fc
    .record({
      provider: fc.constantFrom('opentelemetry', 'remote::opentelemetry'),
      endpoint: fc.constantFrom('http://collector.example:4318', 'https://collector.example'),
      apiKey: maybe(30, secretRef('otlp')),
      settings: fc.record(
        {
          service_name: fc.constantFrom('llama', 'with space'),
          metrics_exporter: fc.constant('none'),
          OTEL_TRACES_SAMPLER_ARG: fc.constantFrom(1, '0.5'),
        },
        { requiredKeys: [] },
      ),
    })
    .map(present);
}
