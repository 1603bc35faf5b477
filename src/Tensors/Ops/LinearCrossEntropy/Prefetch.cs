using System.Runtime.Intrinsics.X86;

namespace Vitrine.Tensors;

/// <summary>Brings memory that is needed next into the second-level cache, a few lines at each
/// call; does nothing where the machine has no such instruction.</summary>
internal unsafe struct Prefetch
{
    private const int LinesPerCall = 40;
    private const int FloatsPerLine = 16;
    private float* _next;
    private readonly float* _end;

    public Prefetch(float* start, nint length)
    {
        _next = start;
        _end = start + length;
    }

    public void Fetch()
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int line = 0; line < LinesPerCall && _next < _end; line++, _next += FloatsPerLine)
        {
            Sse.Prefetch1(_next);
        }
    }
}
