// A model vendor that answers at once, so that a benchmark measures what stands before it.
//
// usage: vendor PORT [MILLISECONDS]
//
// One thread, epoll, HTTP/1.1 with keep-alive on 127.0.0.1. An answer is 1.1 KB of text, whole or as an event stream
// when the request says `"stream":true`. It names the patient by the first session token of the request, as a model
// does that copies what it read. With a number of milliseconds each event of a stream comes so long after the last one.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { capacity = 1 << 16, connections = 4096 };

static struct { char bytes[capacity]; size_t count; } buffers[connections];

// Streams that are being sent event by event: their bytes, where each event ends, how many were sent, and when the next is due.
enum { events_at_most = 128 };
static struct { char *bytes; size_t ends[events_at_most]; int count, sent; long due; } running[connections];
static long pause_milliseconds;
static int streams;

static const char *const sentences[] = {
    "Summary for ", "{}", ": admitted with chest pain of two days, worse on exertion, relieved by rest. ",
    "Troponin was not raised on two draws, and the tracing showed no acute change. ",
    "Blood pressure settled on the usual tablets; potassium is 4.10 mmol/L. ",
    "Echocardiography: normal size and function of the left ventricle, trivial mitral regurgitation. ",
    "Assessment: low-risk chest pain, hypertension under treatment, type 2 diabetes with fair control. ",
    "Plan: continue metformin 500 mg twice a day and lisinopril 10 mg once a day; stress test as an out-patient; ",
    "return at once for pain at rest, shortness of breath or fainting. ",
    "Diet and exercise were discussed and written advice was given. ",
    "Medication changes: none. Allergies: penicillin, which caused a rash. ",
    "Follow-up of ", "{}", " in two weeks with the primary physician, sooner if symptoms return. ",
    "Questions that remain open: the timing of the stress test, and whether the cuff at home reads true. ",
    "This text was written from the note alone and needs to be checked by a clinician before use.",
};

static size_t find_token(const char *body, size_t length, char *token, size_t limit) {
  const char *found = memmem(body, length, "NAME_1", 6);
  size_t count = 0;
  while (found && count < limit - 1 && found + count < body + length) {
    char c = found[count];
    if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) break;
    token[count++] = c;
  }
  if (count < 8) { strcpy(token, "the patient"); return strlen(token); }
  token[count] = 0;
  return count;
}

static void send_all(int socket, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent < 0) {
      struct pollfd ready = {.fd = socket, .events = POLLOUT};
      if (poll(&ready, 1, 1000) <= 0) return;
      continue;
    }
    bytes += sent;
    count -= (size_t)sent;
  }
}

#define envelope(object) "{\"id\":\"chatcmpl-1\",\"object\":\"" object "\",\"created\":1,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,"

static void answer_whole(int socket, const char *token) {
  static char body[capacity], head[256];
  size_t count = (size_t)sprintf(body, envelope("chat.completion") "\"message\":{\"role\":\"assistant\",\"content\":\"");
  for (size_t part = 0; part < sizeof sentences / sizeof *sentences; part++)
    count += (size_t)sprintf(body + count, "%s", strcmp(sentences[part], "{}") ? sentences[part] : token);
  count += (size_t)sprintf(
      body + count, "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":420,\"completion_tokens\":240,\"total_tokens\":660}}");
  int length = sprintf(head, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", count);
  memmove(body + length, body, count);
  memcpy(body, head, (size_t)length);
  send_all(socket, body, count + (size_t)length);
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void end_stream(int socket) {
  if (!running[socket].bytes) return;
  free(running[socket].bytes);
  running[socket].bytes = NULL;
  streams--;
}

// Sends the events that are due.
static void drip(void) {
  long now = milliseconds();
  for (int socket = 0; socket < connections && streams > 0; socket++) {
    if (!running[socket].bytes || running[socket].due > now) continue;
    size_t from = running[socket].sent ? running[socket].ends[running[socket].sent - 1] : 0;
    send_all(socket, running[socket].bytes + from, running[socket].ends[running[socket].sent] - from);
    running[socket].due += pause_milliseconds;
    if (++running[socket].sent == running[socket].count) end_stream(socket);
  }
}

static void answer_stream(int socket, const char *token) {
  static char text[capacity], output[capacity];
  size_t count = 0, ends[events_at_most];
  int events = 0;
  for (size_t part = 0; part < sizeof sentences / sizeof *sentences; part++)
    count += (size_t)sprintf(text + count, "%s", strcmp(sentences[part], "{}") ? sentences[part] : token);
  size_t end = (size_t)sprintf(output, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
  for (size_t at = 0; at < count; at += 24) {
    char event[512];
    int size = sprintf(
        event, "data: " envelope("chat.completion.chunk") "\"delta\":{\"content\":\"%.24s\"},\"finish_reason\":null}]}\n\n", text + at);
    end += (size_t)sprintf(output + end, "%x\r\n%s\r\n", size, event);
    ends[events++] = end;
  }
  const char *last = "data: " envelope("chat.completion.chunk") "\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
  end += (size_t)sprintf(output + end, "%zx\r\n%s\r\n0\r\n\r\n", strlen(last), last);
  ends[events++] = end;
  if (!pause_milliseconds) { send_all(socket, output, end); return; }
  end_stream(socket);
  running[socket].bytes = memcpy(malloc(end), output, end);
  memcpy(running[socket].ends, ends, sizeof ends);
  running[socket].count = events;
  running[socket].sent = 0;
  running[socket].due = milliseconds() + pause_milliseconds;
  streams++;
}

// Answers every whole request in the buffer; 0 when the connection has to be closed.
static int serve(int socket) {
  char *bytes = buffers[socket].bytes;
  for (;;) {
    size_t count = buffers[socket].count;
    char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return count < capacity;
    size_t head = (size_t)(end - bytes) + 4, length = 0;
    for (char *line = bytes; line < end; line = (char *)memmem(line, (size_t)(end - line) + 2, "\r\n", 2) + 2)
      if (strncasecmp(line, "content-length:", 15) == 0) length = strtoul(line + 15, NULL, 10);
    if (head + length > capacity) return 0;
    if (count < head + length) return 1;
    char token[64];
    find_token(bytes + head, length, token, sizeof token);
    if (memmem(bytes + head, length, "\"stream\":true", 13)) answer_stream(socket, token);
    else answer_whole(socket, token);
    memmove(bytes, bytes + head + length, count - head - length);
    buffers[socket].count = count - head - length;
  }
}

int main(int argc, char **argv) {
  int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0), ready = epoll_create1(0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argc > 1 ? argv[1] : "0"))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) { perror("vendor"); return 1; }
  pause_milliseconds = argc > 2 ? atol(argv[2]) : 0;
  epoll_ctl(ready, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
  for (;;) {
    struct epoll_event events[64];
    int count = epoll_wait(ready, events, 64, streams ? 5 : -1);
    if (streams) drip();
    for (int each = 0; each < count; each++) {
      int socket = events[each].data.fd;
      if (socket == listener) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (client < 0 || client >= connections) { if (client >= 0) close(client); continue; }
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        buffers[client].count = 0;
        epoll_ctl(ready, EPOLL_CTL_ADD, client, &(struct epoll_event){.events = EPOLLIN, .data.fd = client});
        continue;
      }
      ssize_t got = recv(socket, buffers[socket].bytes + buffers[socket].count, capacity - buffers[socket].count, 0);
      if (got > 0) buffers[socket].count += (size_t)got;
      if (got <= 0 || !serve(socket)) {
        end_stream(socket);
        close(socket);
      }
    }
  }
}
