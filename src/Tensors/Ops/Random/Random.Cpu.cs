using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <summary>Fills contiguous memory from a stream; parallel over groups of blocks of four
/// numbers.</summary>
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
        long last = Math.Min(first + BlocksPerPiece, _length / 4);
        for (long block = first; block < last; block++)
        {
            Four((ulong)block, _y + (4 * block));
        }

        bool isLastPiece = last == _length / 4 && last < first + BlocksPerPiece;
        if (isLastPiece && (_length & 3) != 0)
        {
            Four((ulong)last, four);
            int count = (int)(_length & 3);
            new ReadOnlySpan<float>(four, count).CopyTo(new Span<float>(_y + (4 * last), count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Four(ulong block, float* y)
    {
        RandomWords words = _random.Block(block);
        if (_normal)
        {
            (double x0, double x1) = BoxMuller.Normals(words.A, words.B);
            (double x2, double x3) = BoxMuller.Normals(words.C, words.D);
            y[0] = (float)(_a + (_b * x0));
            y[1] = (float)(_a + (_b * x1));
            y[2] = (float)(_a + (_b * x2));
            y[3] = (float)(_a + (_b * x3));
        }
        else
        {
            y[0] = Uniform(words.A);
            y[1] = Uniform(words.B);
            y[2] = Uniform(words.C);
            y[3] = Uniform(words.D);
        }
    }

    /// <summary>The sum may round up to the bound that is not to be reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Uniform(uint word)
    {
        double unit = (word >> 8) * (1.0 / (1 << 24));
        float value = (float)(_a + (((double)_b - _a) * unit));
        return value < _b ? value : MathF.BitDecrement(_b);
    }
}
