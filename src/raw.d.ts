/** A file whose text becomes part of the program: `import text from './0.7.1.json?raw'`. */
declare module '*?raw' {
  const text: string;
  export default text;
}
