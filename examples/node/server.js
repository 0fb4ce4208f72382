// A server that ends gracefully. Without a handler Node would end at once at SIGTERM, and
// as PID 1 not at all.
const http = require("http");

const server = http.createServer((request, response) => {
  const delay = request.url === "/slow" ? 3000 : 0;
  setTimeout(() => response.end("served\n"), delay);
});
process.on("SIGTERM", () => {
  server.close(() => console.log("stopped"));
  server.closeIdleConnections();
});
server.listen(Number(process.argv[2]), "0.0.0.0", () => console.log(`listening on ${server.address().port}`));
