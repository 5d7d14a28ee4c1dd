/* The numerical core of screening.hull, compiled: the method of screening/hull/simplex.py, which explains it and is the
   reference it is tested against. Arrays come in and go out; nothing is kept between calls, and nothing of Python is
   used, so that any C11 compiler builds it.

   min c y, A y = b, y >= 0 along the line b(t) = start + t (stop - start). A vertex is a basis of m columns with the
   inverse of its matrix, the amounts of its columns at t = 0, the rates at which they change with t, and the duals. Unlike
   the reference it keeps no reduced costs: each pivot prices every column afresh from the duals, and the lowest reduced
   cost met on the way is a part of the certificate. A path that fails its certificate, or does not end, is reported by a
   negative number, and the caller takes the reference. */
#include "core.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One version of the hot loops for each kind of processor, chosen when the program is loaded, where the compiler can. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) && !defined(ONE_VERSION)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#if defined(__GNUC__)
#define INLINED static inline __attribute__((always_inline)) /* into each version of a loop */
#else
#define INLINED static inline
#endif
/* The constants of simplex.py, under the same names; tests compile with others to exercise the safeguards. */
#define ROUNDING 1e-12
#define TIED 1e-9
#define AT_END 1e-10
#define PIVOT 1e-9
#ifndef SOUND
#define SOUND 1e-3
#endif
#define SAME 1e-10
#ifndef CERTIFIED
#define CERTIFIED 1e-8
#endif
#ifndef STALL
#define STALL 60
#endif
#define ENDLESS 10000

/* ---- loops over all columns ---- */

#define BLOCK 64 /* columns at a time: sums stay in the nearest cache, and loops are long enough to be vectorised */

/* Reduced costs c - y A, and the row z A, of some neighbouring columns. */
INLINED void price_some(const Program *p, const double *y, const double *z, int64_t j, int64_t width, double *reduced,
                              double *row) {
    for (int64_t k = 0; k < width; k++) {
        reduced[k] = p->costs[j + k];
        row[k] = 0.0;
    }
    for (int64_t i = 0; i < p->m; i++) {
        const double *a = p->matrix + i * p->n + j, yi = y[i], zi = z[i];
        for (int64_t k = 0; k < width; k++) {
            reduced[k] -= yi * a[k];
            row[k] += zi * a[k];
        }
    }
}

FOR_EACH_PROCESSOR
static void price(const Program *p, const double *y, const double *z, double *reduced, double *row) {
    int64_t j = 0;
    for (; j + BLOCK <= p->n; j += BLOCK) price_some(p, y, z, j, BLOCK, reduced + j, row + j);
    if (j < p->n) price_some(p, y, z, j, p->n - j, reduced + j, row + j);
}

/* The ratio test: the quotient of row and reduced cost of every column; returns the lowest, and the lowest reduced cost. */
FOR_EACH_PROCESSOR
static double ratios(const Program *p, const double *y, const double *z, double *quotients, double *lowest_reduced) {
    double reduced[BLOCK], row[BLOCK], least[BLOCK], cheapest[BLOCK];
    for (int64_t k = 0; k < BLOCK; k++) least[k] = cheapest[k] = INFINITY;
    for (int64_t j = 0; j < p->n; j += BLOCK) {
        int64_t width = BLOCK;
        if (j + BLOCK <= p->n)
            price_some(p, y, z, j, BLOCK, reduced, row);
        else {
            width = p->n - j;
            price_some(p, y, z, j, width, reduced, row);
            for (int64_t k = width; k < BLOCK; k++) {
                reduced[k] = INFINITY;
                row[k] = 0.0;
            }
        }
        for (int64_t k = 0; k < BLOCK; k++) {
            double safe = reduced[k] > ROUNDING ? reduced[k] : ROUNDING, quotient = row[k] / safe;
            cheapest[k] = reduced[k] < cheapest[k] ? reduced[k] : cheapest[k];
            least[k] = quotient < least[k] ? quotient : least[k];
            row[k] = quotient;
        }
        memcpy(quotients + j, row, (size_t)width * sizeof(double));
    }
    double low = INFINITY, cheap = INFINITY;
    for (int64_t k = 0; k < BLOCK; k++) {
        low = least[k] < low ? least[k] : low;
        cheap = cheapest[k] < cheap ? cheapest[k] : cheap;
    }
    *lowest_reduced = cheap;
    return low;
}

/* The place of the first of some numbers that is not above a bound; -1 if all are. */
static int64_t first_within(const double *values, int64_t n, double bound) {
    for (int64_t j = 0; j < n; j++)
        if (values[j] <= bound) return j;
    return -1;
}

static double dot(const double *a, const double *b, int64_t m) {
    double sum = 0.0;
    for (int64_t i = 0; i < m; i++) sum += a[i] * b[i];
    return sum;
}

/* ---- a vertex ---- */

/* Compute inverse, amounts, rates and duals from the basis, without reference to earlier values. */
static int invert(Vertex *v, double *augmented) {
    const Program *p = v->program;
    const int64_t m = p->m, wide = 2 * m;
    for (int64_t i = 0; i < m; i++)
        for (int64_t k = 0; k < m; k++) {
            augmented[i * wide + k] = p->columns[v->basis[k] * m + i];
            augmented[i * wide + m + k] = i == k;
        }
    for (int64_t c = 0; c < m; c++) {
        int64_t largest = c;
        for (int64_t i = c + 1; i < m; i++)
            if (fabs(augmented[i * wide + c]) > fabs(augmented[largest * wide + c])) largest = i;
        double *here = augmented + c * wide, *other = augmented + largest * wide;
        if (!(fabs(other[c]) > 1e-13)) return SINGULAR;
        for (int64_t k = 0; k < wide && largest != c; k++) {
            double held = here[k];
            here[k] = other[k];
            other[k] = held;
        }
        double factor = 1.0 / here[c];
        for (int64_t k = c; k < wide; k++) here[k] *= factor;
        for (int64_t i = 0; i < m; i++) {
            double *there = augmented + i * wide, times = there[c];
            if (i == c || times == 0.0) continue;
            for (int64_t k = c; k < wide; k++) there[k] -= times * here[k];
        }
    }
    memset(v->duals, 0, (size_t)m * sizeof(double));
    for (int64_t k = 0; k < m; k++) {
        double *row = v->inverse + k * m, cost = p->costs[v->basis[k]];
        memcpy(row, augmented + k * wide + m, (size_t)m * sizeof(double));
        v->amounts[k] = dot(row, v->rhs, m);
        v->rates[k] = dot(row, v->rate, m);
        for (int64_t i = 0; i < m; i++) v->duals[i] += cost * row[i];
    }
    return 0;
}

/* Exchange one basic column for another, of which the reduced cost is known. */
static void pivot(Vertex *v, int64_t leaving, int64_t entering, double reduced) {
    const int64_t m = v->program->m;
    const double *column = v->program->columns + entering * m;
    double *row = v->inverse + leaving * m, factor = 1.0 / dot(row, column, m);
    for (int64_t i = 0; i < m; i++) row[i] *= factor;
    for (int64_t i = 0; i < m; i++) v->duals[i] += reduced * row[i];
    v->amounts[leaving] *= factor;
    v->rates[leaving] *= factor;
    for (int64_t k = 0; k < m; k++) {
        if (k == leaving) continue;
        double *other = v->inverse + k * m, times = dot(other, column, m);
        for (int64_t i = 0; i < m; i++) other[i] -= times * row[i];
        v->amounts[k] -= times * v->amounts[leaving];
        v->rates[k] -= times * v->rates[leaving];
    }
    v->basis[leaving] = entering;
}

/* Move from a feasible basis to an optimal one at t = 0, by the primal simplex method. */
static int minimise(Vertex *v, Work *w) {
    const Program *p = v->program;
    const int64_t m = p->m, patience = 20 * (m + 20);
    for (int64_t pivots = 0; pivots < 5 * patience; pivots++) {
        price(p, v->duals, v->duals, w->reduced, w->row);
        double low = 0.0;
        for (int64_t j = 0; j < p->n; j++) low = w->reduced[j] < low ? w->reduced[j] : low;
        if (low >= -ROUNDING) return 0;
        int64_t entering = first_within(w->reduced, p->n, pivots < patience ? low * (1.0 - TIED) : -ROUNDING), leaving = -1;
        const double *column = p->columns + entering * m;
        double step = INFINITY;
        for (int64_t k = 0; k < m; k++) {
            double element = dot(v->inverse + k * m, column, m);
            if (element > PIVOT && v->amounts[k] / element < step) {
                step = v->amounts[k] / element;
                leaving = k;
            }
        }
        if (leaving < 0) return NO_MINIMUM;
        pivot(v, leaving, entering, w->reduced[entering]);
    }
    return NO_MINIMUM;
}

/* Choose a pivot among near ties: the largest element (Harris), or the lowest index if the path has stalled (Bland). */
static int64_t choose_carefully(Vertex *v, Work *w, int64_t *leaving, double until, int stalled) {
    const Program *p = v->program;
    if (stalled)
        for (int64_t k = 0; k < p->m; k++)
            if (v->rates[k] < -ROUNDING && v->amounts[k] + until * v->rates[k] < ROUNDING &&
                v->basis[k] < v->basis[*leaving])
                *leaving = k;
    price(p, v->duals, v->inverse + *leaving * p->m, w->reduced, w->row);
    double bound = INFINITY, largest = 0.0;
    for (int64_t j = 0; j < p->n; j++)
        if (w->row[j] < -PIVOT) {
            w->reduced[j] = w->reduced[j] > 0.0 ? w->reduced[j] : 0.0;
            bound = fmin(bound, (w->reduced[j] + ROUNDING) / -w->row[j]);
        }
    for (int64_t j = 0; j < p->n; j++) /* from here on only tied columns keep their element */
        if (w->row[j] < -PIVOT && w->reduced[j] / -w->row[j] <= bound)
            largest = fmin(largest, w->row[j]);
        else
            w->row[j] = 0.0;
    return largest < 0.0 ? first_within(w->row, p->n, stalled ? -PIVOT : largest * (1.0 - TIED)) : OUT_OF_REACH;
}

static int keep(Segments *s, const Vertex *v, double since, double until) {
    const size_t m = (size_t)s->m, at = (size_t)s->count * m;
    if (s->count >= s->room) return NO_ROOM;
    s->since[s->count] = since;
    s->until[s->count++] = until;
    memcpy(s->basis + at, v->basis, m * sizeof(int64_t));
    memcpy(s->amounts + at, v->amounts, m * sizeof(double));
    memcpy(s->rates + at, v->rates, m * sizeof(double));
    memcpy(s->duals + at, v->duals, m * sizeof(double));
    return 0;
}

/* Follow the right-hand side from t = 0 to t = limit, by the parametric dual simplex method. */
static int sweep(Vertex *v, Work *w, double limit, Segments *kept) {
    const Program *p = v->program;
    const int64_t m = p->m;
    double now = 0.0;
    for (int64_t stalled = 0; stalled < ENDLESS;) {
        int64_t leaving = -1; /* the first column whose amount reaches zero: the lowest rate / amount */
        double soonest = 0.0, lowest_reduced;
        for (int64_t k = 0; k < m; k++) {
            if (v->amounts[k] + limit * v->rates[k] > -AT_END) continue;
            double step = v->rates[k] / (v->amounts[k] > ROUNDING ? v->amounts[k] : ROUNDING);
            if (step < soonest) {
                soonest = step;
                leaving = k;
            }
        }
        if (leaving < 0 || soonest * limit > -1.0) {
            ratios(p, v->duals, v->duals, w->row, &lowest_reduced); /* the last basis is certified too */
            v->undercut = fmax(v->undercut, -lowest_reduced);
            return kept && (limit > now + SAME || !kept->count) ? keep(kept, v, now, limit) : 0;
        }
        double until = fmax(-v->amounts[leaving] / v->rates[leaving], now);
        stalled = until <= now + SAME ? stalled + 1 : 0;
        double lowest = ratios(p, v->duals, v->inverse + leaving * m, w->row, &lowest_reduced);
        v->undercut = fmax(v->undercut, -lowest_reduced);
        if (!(lowest < 0.0)) return OUT_OF_REACH;
        int64_t entering = first_within(w->row, p->n, lowest * (1.0 - TIED));
        int small = dot(v->inverse + leaving * m, p->columns + entering * m, m) > -SOUND;
        if (small || stalled > STALL) {
            entering = choose_carefully(v, w, &leaving, until, stalled > STALL);
            if (entering < 0) return OUT_OF_REACH;
        }
        if (kept && until > now + SAME && keep(kept, v, now, until)) return NO_ROOM;
        now = until;
        pivot(v, leaving, entering, p->costs[entering] - dot(v->duals, p->columns + entering * m, m));
        if (small && invert(v, w->augmented)) return SINGULAR;
    }
    return NO_END;
}

/* ---- a line ---- */

static void *take(char **next, int64_t count) { /* doubles and 64-bit integers have one size */
    void *taken = *next;
    *next += (size_t)count * sizeof(double);
    return taken;
}

int prepare(Work *w, int64_t m, int64_t n, int64_t room) {
    int64_t words = 2 * (m * m + 6 * m) + 2 * room * (2 + 4 * m) + 2 * n + 2 * m * m + m;
    memset(w, 0, sizeof *w);
    char *next = w->block = malloc((size_t)words * sizeof(double));
    if (!next) return NO_MEMORY;
    Vertex *vertices[] = {&w->ahead, &w->behind};
    Segments *segments[] = {&w->upper, &w->lower};
    for (int side = 0; side < 2; side++) {
        Vertex *v = vertices[side];
        Segments *s = segments[side];
        v->inverse = take(&next, m * m);
        v->basis = take(&next, m);
        v->amounts = take(&next, m);
        v->rates = take(&next, m);
        v->duals = take(&next, m);
        v->rhs = take(&next, m);
        v->rate = take(&next, m);
        s->m = m;
        s->room = room;
        s->since = take(&next, room);
        s->until = take(&next, room);
        s->basis = take(&next, room * m);
        s->amounts = take(&next, room * m);
        s->rates = take(&next, room * m);
        s->duals = take(&next, room * m);
    }
    w->reduced = take(&next, n);
    w->row = take(&next, n);
    w->augmented = take(&next, 2 * m * m);
    w->middle = take(&next, m);
    return 0;
}

void release(Work *w) { free(w->block); }

/* Put one segment of a sweep into the path, from `since` to `until` in t - INSIDE. */
static void put(Path *path, const Segments *s, int64_t k, double since, double until, double sign) {
    const int64_t m = s->m, at = path->count * m, from = k * m;
    path->t[path->count] = INSIDE + since;
    for (int64_t i = 0; i < m; i++) {
        path->bases[at + i] = s->basis[from + i];
        path->at_start[at + i] = s->amounts[from + i] + sign * since * s->rates[from + i];
        path->at_stop[at + i] = s->amounts[from + i] + sign * until * s->rates[from + i];
        path->duals[at + i] = s->duals[from + i];
    }
    path->count++;
}

/* Prove by the duality theorem that every segment is optimal at both ends. */
static int certified(const Program *p, const Path *path, const double *start, const double *stop, double undercut) {
    const int64_t m = p->m;
    double worst = undercut;
    for (int64_t k = 0; k < path->count; k++)
        for (int end = 0; end < 2; end++) {
            const double *amounts = (end ? path->at_stop : path->at_start) + k * m, *duals = path->duals + k * m;
            const double t = path->t[k + end];
            double gap = 0.0;
            for (int64_t i = 0; i < m; i++) {
                double rhs = start[i] + t * (stop[i] - start[i]), held = 0.0;
                for (int64_t q = 0; q < m; q++) held += amounts[q] * p->columns[path->bases[k * m + q] * m + i];
                worst = fmax(worst, fabs(held - rhs));
                worst = fmax(worst, -amounts[i]);
                gap += amounts[i] * p->costs[path->bases[k * m + i]] - duals[i] * rhs;
                if (isnan(held) || isnan(gap)) return 0;
            }
            worst = fmax(worst, fabs(gap));
        }
    return worst < CERTIFIED;
}

int follow(const Program *p, Work *w, const double *known, int64_t *basis, const double *start, const double *stop,
           Path *path) {
    const int64_t m = p->m;
    Vertex *v = &w->ahead, *b = &w->behind;
    int failed;
    v->program = b->program = p;
    w->upper.count = w->lower.count = path->count = 0;
    memcpy(v->basis, basis, (size_t)m * sizeof(int64_t));
    for (int64_t i = 0; i < m; i++) {
        w->middle[i] = start[i] + INSIDE * (stop[i] - start[i]);
        v->rhs[i] = known[i];
        v->rate[i] = w->middle[i] - known[i];
    }
    if ((failed = invert(v, w->augmented)) || (failed = minimise(v, w)) || (failed = sweep(v, w, 1.0, NULL))) return failed;
    memcpy(basis, v->basis, (size_t)m * sizeof(int64_t));
    for (int64_t i = 0; i < m; i++) {
        v->rhs[i] = w->middle[i];
        v->rate[i] = stop[i] - start[i];
    }
    if ((failed = invert(v, w->augmented))) return failed;
    v->undercut = b->undercut = 0.0;
    memcpy(b->basis, v->basis, (size_t)m * sizeof(int64_t));
    memcpy(b->inverse, v->inverse, (size_t)(m * m) * sizeof(double));
    memcpy(b->amounts, v->amounts, (size_t)m * sizeof(double));
    memcpy(b->duals, v->duals, (size_t)m * sizeof(double));
    memcpy(b->rhs, v->rhs, (size_t)m * sizeof(double));
    for (int64_t i = 0; i < m; i++) {
        b->rates[i] = -v->rates[i];
        b->rate[i] = -v->rate[i];
    }
    if ((failed = sweep(v, w, 1.0 - INSIDE, &w->upper)) || (failed = sweep(b, w, INSIDE, &w->lower))) return failed;
    const Segments *up = &w->upper, *low = &w->lower;
    int joined = !memcmp(up->basis, low->basis, (size_t)m * sizeof(int64_t)); /* the line was entered inside a segment */
    if (up->count + low->count > up->room) return NO_ROOM;
    for (int64_t k = low->count - 1; k >= joined; k--) put(path, low, k, -low->until[k], -low->since[k], -1.0);
    for (int64_t k = 0; k < up->count; k++)
        put(path, up, k, k == 0 && joined ? -low->until[0] : up->since[k], up->until[k], 1.0);
    path->t[0] = 0.0;
    path->t[path->count] = 1.0;
    return certified(p, path, start, stop, fmax(v->undercut, b->undercut)) ? 0 : UNCERTIFIED;
}

/* ---- what is called ---- */

/* The hash of this text, by which a library that is older than it is found out. */
PUBLIC const char *core_source(void) { return SOURCE; }

/* Follow one line; returns the number of segments, at most `room`, or a negative number. ends: known, start, stop, (3, m).
   numbers: t (room + 1), then amounts at the start and at the stop of each segment and duals, (room, m) each. */
PUBLIC int64_t core_line(int64_t m, int64_t n, const double *matrix, const double *columns, const double *costs,
                         const double *ends, int64_t *basis, int64_t room, double *numbers, int64_t *bases) {
    const Program p = {m, n, matrix, columns, costs};
    double *amounts = numbers + room + 1;
    Path path = {0, numbers, amounts, amounts + room * m, amounts + 2 * room * m, bases};
    Work w;
    if (prepare(&w, m, n, room)) return NO_MEMORY;
    int failed = follow(&p, &w, ends, basis, ends + m, ends + 2 * m, &path);
    release(&w);
    return failed ? failed : path.count;
}
