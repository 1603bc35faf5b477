using System.Runtime.CompilerServices;

namespace Vitrine.Tensors;

/// <content>From exponentials to gradients.</content>
internal unsafe partial struct LinearCrossEntropyChunk<TKernel, TLanes, T>
{
    /// <summary>dLogits from the exponentials, then their share of dBias, dWeight and dX.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void AddGradients(int index, float* partialDX, bool firstOfSlab)
    {
        Normalise(index);
        int width = Job->PaddedWidth;
        if (Job->DWeight.Pointer != null)
        {
            bool add = !(Job->Overwrite && Job->Start == 0);
            float* to = _gradient == null ? Job->DWeight.At(0, First) : _gradient;
            nint toRow = _gradient == null ? Job->DWeight.Column : width;
            for (int column = 0; column < width; column += TKernel.Columns)
            {
                for (int row = 0; row < Rows; row += TKernel.Rows)
                {
                    TKernel.Tile(
                        Job->Count, Logits + (row * Stride), Stride, 1,
                        Job->RowsX + (column * Block), TKernel.Columns,
                        to + (row * toRow) + column, toRow, 1, add && _gradient == null);
                }
            }

            if (_gradient != null)
            {
                PutGradient(add);
            }
        }

        if (Job->DX.Pointer != null)
        {
            for (int column = 0; column < width; column += TKernel.Columns)
            {
                float* panel = _panels + (column * ChunkRows);
                GemmPack.Panel(
                    _weight + column, 1, _weightRow, TKernel.Columns, TKernel.Columns, Rows, panel);
                for (int token = 0; token < Job->Count; token += TKernel.Rows)
                {
                    TKernel.Tile(
                        Rows, Logits + token, 1, Stride, panel, TKernel.Columns,
                        partialDX + (token * width) + column, width, 1, !firstOfSlab);
                }
            }
        }
    }

    /// <summary>The exponentials, times what makes them probabilities and the token's cotangent;
    /// their sums go to dBias.</summary>
    private readonly void Normalise(int index)
    {
        float* factor = stackalloc float[Block];
        int columns = PaddedTokens();
        float* maximum = Job->Maximum + (index * Block);
        for (int token = 0; token < columns; token += TLanes.Count)
        {
            T below = TLanes.Subtract(
                TLanes.Load(maximum + token), TLanes.Load(Job->Largest + token));
            T scale = TLanes.Multiply(
                TLanes.Load(Job->Scale + token), VectorMath.Exp<TLanes, T>(below));
            TLanes.Store(scale, factor + token);
        }

        int whole = Job->Count / TLanes.Count * TLanes.Count;
        bool add = !(Job->Overwrite && Job->Start == 0);
        for (int v = 0; v < Rows; v++)
        {
            float* from = _exponentials + (v * Stride);
            float* row = Logits + (v * Stride);
            T sum = TLanes.All(0);
            for (int token = 0; token < whole; token += TLanes.Count)
            {
                T p = TLanes.Multiply(TLanes.Load(from + token), TLanes.Load(factor + token));
                TLanes.Store(p, row + token);
                sum = TLanes.Add(sum, p);
            }

            float total = TLanes.Sum(sum);
            for (int token = whole; token < Job->Count; token++)
            {
                row[token] = from[token] * factor[token];
                total += row[token];
            }

            if (Job->DBias.Pointer != null)
            {
                float* to = Job->DBias.At(First + v);
                *to = add ? *to + total : total;
            }
        }

        SubtractTargets();
    }

    private readonly void SubtractTargets()
    {
        for (int i = 0; i < Job->Count; i++)
        {
            int row = *Job->Targets.At(Job->Start + i) - First;
            if ((uint)row < (uint)Rows)
            {
                float cotangent = Job->Cotangent[i];
                Logits[(row * Stride) + i] -= cotangent;
                if (Job->DBias.Pointer != null)
                {
                    *Job->DBias.At(First + row) -= cotangent;
                }
            }
        }
    }

    private readonly void PutGradient(bool add)
    {
        for (int v = 0; v < Rows; v++)
        {
            for (int d = 0; d < Job->Width; d++)
            {
                float* to = Job->DWeight.At(d, First + v);
                float value = _gradient[(v * Job->PaddedWidth) + d];
                *to = add ? *to + value : value;
            }
        }
    }
}
