/* What core.c offers to the other files: see there. */
#ifndef COATSCREEN_CORE_H
#define COATSCREEN_CORE_H
#include <stdint.h>

#if defined(_WIN32)
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif

#define INSIDE 0.4871

enum { NO_MEMORY = -1, NO_ROOM = -2, SINGULAR = -3, NO_MINIMUM = -4, OUT_OF_REACH = -5, NO_END = -6, UNCERTIFIED = -7 };

typedef struct {
    int64_t m, n;
    const double *matrix;  /* (m, n) A */
    const double *columns; /* (n, m) its transpose */
    const double *costs;   /* (n) c */
} Program;

typedef struct {
    const Program *program;
    int64_t *basis;   /* (m) */
    double *inverse;  /* (m, m) row k belongs to basic column k */
    double *amounts, *rates, *duals;
    double *rhs, *rate; /* (m) the right-hand side is rhs + t rate */
    double undercut;    /* how far a column lay below the duals, at most */
} Vertex;

/* Segments of constant basis, in the order in which a sweep meets them. */
typedef struct {
    int64_t m, count, room;
    double *since, *until; /* (room) */
    int64_t *basis;        /* (room, m) */
    double *amounts, *rates, *duals;
} Segments;

/* Memory for one program of m rows and n columns. */
typedef struct {
    Vertex ahead, behind;
    Segments upper, lower;
    double *reduced, *row, *augmented, *middle; /* (n), (n), (m, 2 m), (m) */
    void *block;
} Work;

/* A finished path, as simplex.Path: s segments and s + 1 values of t. */
typedef struct {
    int64_t count;
    double *t, *at_start, *at_stop, *duals; /* (room + 1), (room, m) ... */
    int64_t *bases;                         /* (room, m) */
} Path;

/* Prepare memory for programs of m rows and up to n columns, and paths of up to `room` segments; 0 or NO_MEMORY. */
int prepare(Work *w, int64_t m, int64_t n, int64_t room);
void release(Work *w);

/* Find the optimum along a line. `basis` is feasible at `known`; then it is the optimal basis inside the line, at
   w->middle. Returns 0 or a negative number. */
int follow(const Program *p, Work *w, const double *known, int64_t *basis, const double *start,
           const double *stop, Path *path);

#endif
