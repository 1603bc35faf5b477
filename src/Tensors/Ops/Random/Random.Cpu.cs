namespace Vitrine.Tensors;

/// <summary>Fills contiguous memory from a stream; parallel over groups of blocks of four numbers.</summary>
internal unsafe struct RandomFill : IParallelBody
{
    private const int BlocksPerPiece = 2048;

    private CounterRandom _random;
    private bool _normal;
    private float _a;
    private float _b;
    private float* _y;
    private long _length;

    /// <summary>Uniform in [a, b), or normal with mean a and standard deviation b.</summary>
    public static void Run(Tensor<float> y, CounterRandom random, bool normal, float a, float b)
    {
        RandomFill body = default;
        body._random = random;
        body._normal = normal;
        body._a = a;
        body._b = b;
        body._y = y.Pointer;
        body._length = y.Length;
        long blocks = (y.Length + 3) / 4;
        WorkerPool.For(checked((int)((blocks + BlocksPerPiece - 1) / BlocksPerPiece)), ref body);
    }

    public readonly void Run(int index)
    {
        float* four = stackalloc float[4];
        long first = (long)index * BlocksPerPiece;
        long last = Math.Min(first + BlocksPerPiece, (_length + 3) / 4);
        for (long block = first; block < last; block++)
        {
            RandomWords words = _random.Block((ulong)block);
            if (_normal)
            {
                Normals(words.A, words.B, four);
                Normals(words.C, words.D, four + 2);
            }
            else
            {
                four[0] = Uniform(words.A);
                four[1] = Uniform(words.B);
                four[2] = Uniform(words.C);
                four[3] = Uniform(words.D);
            }

            long start = 4 * block;
            int count = (int)Math.Min(4, _length - start);
            new ReadOnlySpan<float>(four, count).CopyTo(new Span<float>(_y + start, count));
        }
    }

    private readonly void Normals(uint u, uint v, float* two)
    {
        (double x, double y) = BoxMuller.Normals(u, v);
        two[0] = (float)(_a + (_b * x));
        two[1] = (float)(_a + (_b * y));
    }

    /// <summary>The sum may round up to the bound that is not to be reached.</summary>
    private readonly float Uniform(uint word)
    {
        double unit = (word >> 8) * (1.0 / (1 << 24));
        float value = (float)(_a + (((double)_b - _a) * unit));
        return value < _b ? value : MathF.BitDecrement(_b);
    }
}
