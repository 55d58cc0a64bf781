package io.flame4j.examples.thumbnails;

import java.util.Random;

/** What the sample pictures show. Each scene is a function from a place to a colour; a seed varies it. */
enum SampleScene {
    /** Layers of hills before an evening sky. */
    HILLS {
        @Override
        Shader shader(long seed) {
            Noise noise = new Noise(seed);
            Random random = random(seed);
            Tint tint = Tint.random(random);
            double sunX = 0.2 + random.nextDouble() * 0.6;
            double sunY = 0.2 + random.nextDouble() * 0.2;
            return (x, y) -> {
                for (int layer = 4; layer >= 0; layer--) {
                    double ridge =
                            0.42 + layer * 0.13 - noise.fractal(x * (3 - layer * 0.3) + layer * 17, layer) * 0.28;
                    if (y > ridge) {
                        return mix(tint.at(0.1 + layer * 0.06), 0x101820, 0.15 + layer * 0.19);
                    }
                }
                double sun = length(x - sunX, y - sunY);
                int sky = mix(tint.at(0.55), 0xFFF1D6, Math.min(1, y * 1.5));
                return mix(0xFFFBEA, sky, Math.min(1, Math.max(0, sun - 0.07) * 6));
            };
        }
    },
    /** A Julia set. */
    JULIA {
        @Override
        Shader shader(long seed) {
            Random random = random(seed);
            Tint tint = Tint.random(random);
            double angle = random.nextDouble() * 2 * Math.PI;
            double cx = 0.7885 * Math.cos(angle);
            double cy = 0.7885 * Math.sin(angle);
            return (x, y) -> {
                double re = (x - 0.6) * 2.4;
                double im = (y - 0.5) * 2.4;
                int steps = 0;
                while (re * re + im * im < 64 && steps < 160) {
                    double next = re * re - im * im + cx;
                    im = 2 * re * im + cy;
                    re = next;
                    steps++;
                }
                double smooth = steps - Math.log(Math.log(Math.max(3, re * re + im * im)) / Math.log(64));
                return steps == 160 ? 0x0B0E14 : tint.at(Math.sqrt(smooth / 160) * 1.6);
            };
        }
    },
    /** Veined stone: noise that is bent by noise. */
    MARBLE {
        @Override
        Shader shader(long seed) {
            Noise noise = new Noise(seed);
            Tint tint = Tint.random(random(seed));
            return (x, y) -> {
                double bendX = noise.fractal(x * 2.5, y * 2.5);
                double bendY = noise.fractal(x * 2.5 + 31, y * 2.5 + 7);
                double stone = noise.fractal(x * 2 + bendX * 3, y * 2 + bendY * 3);
                return mix(tint.at(stone * 0.9 + bendX * 0.3), 0xFFFFFF, Math.max(0, bendY - 0.45));
            };
        }
    },
    /** Tiles around scattered points. */
    MOSAIC {
        @Override
        Shader shader(long seed) {
            Random random = random(seed);
            Tint tint = Tint.random(random);
            int points = 30 + random.nextInt(60);
            double[][] centres = new double[points][];
            for (int i = 0; i < points; i++) {
                centres[i] = new double[] {random.nextDouble() * 1.8, random.nextDouble() * 1.6, random.nextDouble()};
            }
            return (x, y) -> {
                double first = 9;
                double second = 9;
                double tone = 0;
                for (double[] centre : centres) {
                    double distance = length(x - centre[0], y - centre[1]);
                    if (distance < first) {
                        second = first;
                        first = distance;
                        tone = centre[2];
                    } else if (distance < second) {
                        second = distance;
                    }
                }
                int tile = mix(tint.at(tone * 0.8), 0xFFFFFF, Math.min(0.35, first * 1.5));
                return second - first < 0.012 ? 0x15181D : tile;
            };
        }
    },
    /** Rings that meet. */
    RIPPLES {
        @Override
        Shader shader(long seed) {
            Random random = random(seed);
            Tint tint = Tint.random(random);
            double[][] springs = new double[2 + random.nextInt(3)][];
            for (int i = 0; i < springs.length; i++) {
                springs[i] = new double[] {random.nextDouble() * 1.5, random.nextDouble(), 18 + random.nextInt(30)};
            }
            return (x, y) -> {
                double height = 0;
                for (double[] spring : springs) {
                    height += Math.sin(length(x - spring[0], y - spring[1]) * spring[2]);
                }
                double level = 0.5 + height / springs.length / 2;
                return mix(tint.at(level * 0.5 + x * 0.25), 0xFFFFFF, Math.pow(level, 6) * 0.7);
            };
        }
    },
    /** Lights out of focus. */
    LIGHTS {
        @Override
        Shader shader(long seed) {
            Random random = random(seed);
            Tint tint = Tint.random(random);
            double[][] lights = new double[36][];
            for (int i = 0; i < lights.length; i++) {
                double size = 0.04 + random.nextDouble() * 0.13;
                lights[i] = new double[] {
                    random.nextDouble() * 1.7, random.nextDouble() * 1.5, size, tint.at(random.nextDouble())
                };
            }
            return (x, y) -> {
                int colour = mix(0x0A0D1A, tint.at(0.3), 0.12 + y * 0.2);
                for (double[] light : lights) {
                    double edge = (light[2] - length(x - light[0], y - light[1])) / 0.012;
                    if (edge > -2) {
                        double rim = Math.max(0, 1 - Math.abs(edge - 1) / 3) * 0.15;
                        double glass = Math.min(1, Math.max(0, edge)) * 0.42;
                        colour = mix(colour, (int) light[3], glass + rim);
                    }
                }
                return colour;
            };
        }
    },
    /** Balls on a chequered floor. */
    BALLS {
        @Override
        Shader shader(long seed) {
            Random random = random(seed);
            Tint tint = Tint.random(random);
            double[][] balls = new double[4][];
            for (int i = 0; i < balls.length; i++) {
                double radius = 0.09 + random.nextDouble() * 0.14;
                double depth = random.nextDouble() * 0.2;
                balls[i] = new double[] {
                    0.12 + i * 0.3 + random.nextDouble() * 0.1, 0.62 + depth - radius, radius, tint.at(i * 0.23)
                };
            }
            return (x, y) -> {
                for (int i = balls.length - 1; i >= 0; i--) {
                    double dx = (x - balls[i][0]) / balls[i][2];
                    double dy = (y - balls[i][1]) / balls[i][2];
                    double inside = 1 - dx * dx - dy * dy;
                    if (inside > 0) {
                        double light = Math.max(0, (-0.5 * dx - 0.6 * dy + 0.62 * Math.sqrt(inside)));
                        int lit = mix(mix((int) balls[i][3], 0x000000, 0.75), (int) balls[i][3], light);
                        return mix(lit, 0xFFFFFF, Math.pow(light, 40) * 0.9);
                    }
                }
                return ground(balls, tint, x, y);
            };
        }

        private int ground(double[][] balls, Tint tint, double x, double y) {
            if (y < 0.5) {
                return mix(tint.at(0.6), 0xFFFFFF, 0.35 + y);
            }
            double depth = 0.12 / (y - 0.47);
            boolean dark = (Math.floor((x - 0.6) * depth * 8) + Math.floor(depth * 5)) % 2 == 0;
            int floor = mix(dark ? 0x39404C : 0xE9E4DA, tint.at(0.6), Math.min(0.8, depth * 0.15));
            double shadow = 0;
            for (double[] ball : balls) {
                double dx = (x - ball[0] - ball[2] * 0.4) / (ball[2] * 1.2);
                double dy = (y - ball[1] - ball[2]) / (ball[2] * 0.35);
                shadow = Math.max(shadow, 1 - length(dx, dy));
            }
            return mix(floor, 0x000000, Math.min(0.65, shadow));
        }
    },
    /** Northern lights over mountains. */
    AURORA {
        @Override
        Shader shader(long seed) {
            Noise noise = new Noise(seed);
            Random random = random(seed);
            int glow = Tint.random(random).at(random.nextDouble());
            double lean = random.nextDouble() - 0.5;
            return (x, y) -> {
                if (y > 0.95 - noise.fractal(x * 2.5, 3) * 0.45) {
                    return mix(0x05070D, 0x1C2838, noise.fractal(x * 20, y * 20) * 0.5);
                }
                int sky = mix(0x060A1C, 0x1B2B4B, y);
                double curtain = noise.fractal(x * 4 + y * lean, y * 0.5 + 9);
                double band = Math.max(0, 1 - Math.abs(y - 0.25 - curtain * 0.4) * 3.2);
                int lit = mix(sky, mix(glow, 0x6CFFB0, 0.5), band * band * (0.35 + curtain * 0.8));
                double star = noise.at(Math.floor(x * 260), Math.floor(y * 260));
                return star > 0.994 ? mix(lit, 0xFFFFFF, 0.85) : lit;
            };
        }
    };

    abstract Shader shader(long seed);

    /** Neighbouring seeds would begin with nearly the same numbers. */
    private static Random random(long seed) {
        return new Random(seed * 0x9E3779B97F4A7C15L);
    }

    /** As {@link Math#hypot}, less exact and many times faster. */
    private static double length(double x, double y) {
        return Math.sqrt(x * x + y * y);
    }

    private static int mix(int from, int to, double part) {
        double p = Math.max(0, Math.min(1, part));
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int a = from >> shift & 0xFF;
            int b = to >> shift & 0xFF;
            mixed |= (int) Math.round(a + (b - a) * p) << shift;
        }
        return mixed;
    }

    /** The colour of a place, in units of the shorter side of the picture. */
    @FunctionalInterface
    interface Shader {
        int colour(double x, double y);
    }

    /** A closed range of colours that go together: three cosines, out of phase. */
    private record Tint(double phase, double spread, double light) {

        static Tint random(Random random) {
            return new Tint(random.nextDouble(), 0.08 + random.nextDouble() * 0.2, 0.45 + random.nextDouble() * 0.15);
        }

        int at(double where) {
            int colour = 0;
            for (int i = 0; i < 3; i++) {
                double wave = light + 0.42 * Math.cos(2 * Math.PI * (where + phase + i * spread));
                colour = colour << 8 | (int) Math.round(255 * Math.max(0, Math.min(1, wave)));
            }
            return colour;
        }
    }

    /** Smooth random values, 0 to 1. */
    private record Noise(long seed) {

        /** A random value for a place of the grid. */
        double at(double x, double y) {
            long h = seed * 0x9E3779B97F4A7C15L + ((long) x) * 0xC2B2AE3D27D4EB4FL + ((long) y) * 0x165667B19E3779F9L;
            h = (h ^ h >>> 29) * 0xBF58476D1CE4E5B9L;
            h = (h ^ h >>> 32) * 0x94D049BB133111EBL;
            return (h >>> 11) * 0x1.0p-53;
        }

        double smooth(double x, double y) {
            double left = Math.floor(x);
            double top = Math.floor(y);
            double u = ease(x - left);
            double v = ease(y - top);
            double above = at(left, top) * (1 - u) + at(left + 1, top) * u;
            double below = at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u;
            return above * (1 - v) + below * v;
        }

        /** Five octaves. */
        double fractal(double x, double y) {
            double sum = 0;
            double weight = 0.5;
            double scale = 1;
            for (int octave = 0; octave < 5; octave++) {
                sum += weight * smooth(x * scale + octave * 5.3, y * scale + octave * 1.7);
                weight /= 2;
                scale *= 2;
            }
            return sum;
        }

        private static double ease(double t) {
            return t * t * (3 - 2 * t);
        }
    }
}
