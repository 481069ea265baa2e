import type { JsonObject, Path } from '../krm/result.ts';

/** A model of `spec.resources.models`: a name, or an object. */
export interface Model {
  readonly name: string;
  /** The id of the provider that serves it, when the CR names one. */
  readonly provider?: string;
  /** Tokens. */
  readonly contextLength?: number;
  readonly modelType?: 'llm' | 'embedding' | 'rerank';
  readonly quantization?: string;
  readonly providerModelId?: string;
  readonly metadata: JsonObject;
  readonly at: Path;
}

/** A tool of `spec.resources.tools`: `websearch`, `rag` or a full name of the server. */
export interface Tool {
  readonly name: string;
  readonly at: Path;
}

/** A shield of `spec.resources.shields`: a name, or an object. */
export interface Shield {
  readonly name: string;
  readonly provider?: string;
  /** The model that judges, by its name in `resources.models` or its identifier at the server. */
  readonly model?: string;
  readonly at: Path;
}

/** `spec.resources`: what the server registers at start. */
export interface Resources {
  readonly models: readonly Model[];
  readonly tools: readonly Tool[];
  readonly shields: readonly Shield[];
  readonly at: Path;
}
