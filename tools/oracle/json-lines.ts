import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that answers each line of JSON with one of the same `id`, in whatever order; it lives until `end`. */
export class JsonLines<Question extends object, Answer extends { readonly id: string }> {
  readonly #process;
  readonly #waiting = new Map<string, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #asked = 0;
  #stderr = '';

  constructor(program: string, args: readonly string[]) {
    this.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-2000);
    });
    createInterface(this.#process.stdout).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    this.#process.on('close', () => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`${args[0] ?? program} ended: ${this.#stderr}`));
    });
  }

  /** The answer to one question. */
  ask(question: Question): Promise<Answer> {
    const id = String((this.#asked += 1));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdin.write(`${JSON.stringify({ ...question, id })}\n`);
    });
  }

  /** Ends the program after its last answer. */
  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#process.on('close', () => {
        resolve();
      });
      this.#process.stdin.end();
    });
  }
}
