/** A line of the server's log that says that something was wrong, and why it does not count here. */
interface Expected {
  readonly says: RegExp;
  readonly reason: string;
}

/** Warnings that a right config causes too. */
const expected: readonly Expected[] = [
  {
    says: /list_provider_model_ids\(\)\s+failed|Model refresh (skipped|failed)|Failed to list VertexAI models/,
    reason: 'nothing real answers behind the providers',
  },
  {
    says: /(\/lib\/python3\S*\.py|<frozen importlib\._bootstrap>):\d+: \w*Deprecat\w*/,
    reason: "Python's warnings are about the server's own code and its libraries'",
  },
  {
    says: /IAM token exchange failed/,
    reason: 'nothing real answers behind the providers',
  },
  {
    says: /Provider is deprecated|Provider `[^`]*` for API `[^`]*` is deprecated/,
    reason: 'the CR or the shipped config names that type',
  },
  {
    says: /Not checking model availability/,
    reason: 'up to 0.5 the server asks no vLLM that wants a key',
  },
  {
    says: /MCP server at|Error listing tools for toolgroup/,
    reason: 'nothing real answers behind the tool groups',
  },
  {
    says: /API key is required for hosted NVIDIA NIM/,
    reason: 'clients may bring the key with each request',
  },
  {
    says: /Ollama Server is not running/,
    reason: 'the stand-in speaks the protocol of OpenAI only',
  },
  {
    says: /Files API is not available/,
    reason: 'the CR disabled it',
  },
  {
    says: /attached to a different loop|Event loop is closed/,
    reason: 'from 0.7 on the server opens connections to Redis in one event loop and uses them in another',
  },
  {
    says: /Failed to register unprefixed model alias/,
    reason: "starter 0.8.0 asks every vendor for the models of Claude's names",
  },
  {
    says: /OTEL_EXPORTER_OTLP_ENDPOINT is not set, skipping telemetry/,
    reason: '0.3 says so wherever telemetry was not asked for',
  },
];

/** What the server writes from here on is of its end. */
const end = /^\S+ .*(Shutting down|Waiting for application shutdown)/m;

/** The warnings and errors of a server's log that nothing excuses, each as one line. */
export function complaints(log: string): readonly string[] {
  const entries: string[] = [];
  for (const line of log.slice(0, end.exec(log)?.index).split('\n')) {
    if (/^\s/.test(line) && entries.length > 0) entries.push(`${entries.pop() ?? ''} ${line.trim()}`);
    else entries.push(line.trimEnd());
  }
  const wrong = entries.filter((entry) => /^(WARNING|ERROR|CRITICAL)\b|deprecat|ignored/i.test(entry));
  return wrong.filter((entry) => !expected.some(({ says }) => says.test(entry)));
}
